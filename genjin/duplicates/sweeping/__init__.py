"""Looking through the whole base of a type: pairs by equal keys, united to groups. By sorting, never each with each."""
