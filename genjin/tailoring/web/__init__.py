"""Pages of fields and layouts."""
