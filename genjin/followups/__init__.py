"""Follow-up records: what was said, the next step, the result."""
