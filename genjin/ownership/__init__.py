"""Ownership of any record: who owned what from when to when by which rule; teams. The only place owners change."""
