"""The five nouns (actor, record, action, event, query) and what has no business word."""
