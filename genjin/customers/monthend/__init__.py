"""A month's end (S3-13, B7): closed customers are proposed for the archive, idle ones to be paused. People decide."""
