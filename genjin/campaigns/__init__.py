"""Campaigns (市场活动): what they are, and whom they touched. What came of them is the area of attribution's."""
