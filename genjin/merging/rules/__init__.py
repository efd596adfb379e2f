"""Rules of merging, without a database."""
