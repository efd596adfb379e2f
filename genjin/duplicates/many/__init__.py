"""Many records at once against the rules of an entry (导入查重, B3): set by set in the database, never row by row.

The same rules, normal forms and percentages as in `searching`, which asks about one. Who is told what: `many.told`.
"""
