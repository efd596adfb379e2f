"""Where Django looks for the tables of the surfaces; they stand beside the surface they belong to."""

from genjin.surfaces.exports.models import Export
from genjin.surfaces.imports.models import Brought, Import, ImportRow, ImportShape

__all__ = ["Brought", "Export", "Import", "ImportRow", "ImportShape"]
