"""Sizes as users write them: `500MB`, `2 GB`; pure."""

import re

_SIZE = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[kmgt]?)b?", re.IGNORECASE)
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


def parse_size(text: str) -> int:
    """The bytes that a size such as `500MB` or `2 GB` means (thousands, not 1024); raises ValueError."""
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no size such as 500MB or 2GB")
    return int(float(found["number"]) * _UNITS[found["unit"].lower()])
