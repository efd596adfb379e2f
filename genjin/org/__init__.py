"""Organisation: departments, members, roles, sign-in, the company's own facts."""
