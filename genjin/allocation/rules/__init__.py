"""The ways of choosing, pure: no queries, no clock, no chance that is not given as a seed."""
