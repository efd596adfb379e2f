"""Where Django looks for the tables of the surfaces; they stand beside the surface they belong to."""

from genjin.surfaces.imports.models import Brought, Import, ImportRow, ImportShape

__all__ = ["Brought", "Import", "ImportRow", "ImportShape"]
