"""`python -m genjin.surfaces.cli`: the same as the program `genjin`."""

import sys

from genjin.surfaces.cli import main

sys.exit(main())
