"""How much lies on whose desk (S0-82)."""
