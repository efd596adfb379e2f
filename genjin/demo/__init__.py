"""The demo company 澄湖智造: an invented maker of assembly machines, its people and a year of sales work.

Everything is made through the actions, by the people who would have done it, at the moments when they would have.
"""

from genjin.demo.seeding import DemoSignIn, seed_demo

__all__ = ["DemoSignIn", "seed_demo"]
