"""Placeholder until the real one lands."""
import datetime
def format_code(p: str, n: int, d: datetime.date) -> str: return f"{p.split(chr(123))[0]}{n:06d}"
