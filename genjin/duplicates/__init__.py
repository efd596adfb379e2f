"""Area 查重: which records may be the same, at every entry; the tool, the run over all (B3)."""
