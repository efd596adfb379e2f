"""Measurements: what lists, searches, details and creations cost on 100,000 and 1,000,000 customers, for each role.

`bin/bench` builds the data once (var/bench), measures and writes docs/performance.md. Not part of the product.
"""
