"""The grants of scoring, by name."""

SEE = "scoring.see"
MANAGE = "scoring.manage"
WORK = "scoring.work"
