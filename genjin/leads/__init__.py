"""Leads (线索, B1): prospects before there is a customer."""
