"""Writes of allocation: schemes and duty, giving records, answering offers, runs over many."""

from genjin.allocation.actions import allocating, offering, placing, schemes, testing

__all__ = ["allocating", "offering", "placing", "schemes", "testing"]
