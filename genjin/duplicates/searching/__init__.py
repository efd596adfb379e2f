"""Finding records that may be the same among a million: keys to look up, candidates, how alike they are."""
