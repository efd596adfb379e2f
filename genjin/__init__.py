"""Genjin 跟进: a Chinese-first, self-hosted CRM."""

__version__ = "0.1.0"
