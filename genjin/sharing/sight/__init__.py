"""Who can see a record and why; what a member can see. Told in words, and proved equal to the doors themselves."""
