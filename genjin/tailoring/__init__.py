"""Their own words: fields that a company adds to record types, and how forms and facts are laid out."""
