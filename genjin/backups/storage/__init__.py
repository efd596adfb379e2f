"""What a backup is made of; how it is made, checked and brought back. Knows files and PostgreSQL, and no Django,
because a restore begins where there is nothing yet.
"""
