"""Conversion of leads (线索转换, B2): a lead becomes a customer, maybe with a contact and an opportunity."""
