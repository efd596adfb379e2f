"""Ways in and out: command line, JSON door, imports. Thin: no rule, no permission, no write of their own."""
