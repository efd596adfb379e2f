"""Customer grading, first part (B6): key, ordinary, potential; new, old, lost. By rule where a company wants it, by
hand with a reason and an end."""
