"""Forms made from declared fields and from actions' parameters."""
