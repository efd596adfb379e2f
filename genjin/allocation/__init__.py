"""分配 (B20, S2-41, S2-42): who gets a record, by which way of choosing, and why; offers to be taken within a time."""
