"""Rules of fields and layouts: what may be said of which kind, keys, conditions, layouts. Nothing is written here."""
