"""Who looks at how much: counts by member and day, and the alarm when it is unusual."""
