"""The text that a string literal of Haskell stands for (Haskell 2010 Report, 2.6)."""

import re

_NAMES = (
    "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI "
    "DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US SP"
).split()
_SIMPLE = dict(zip("abfnrtv\"'\\", "\a\b\f\n\r\t\v\"'\\", strict=True)) | {"&": ""}
_CONTROL = {name: chr(code) for code, name in enumerate(_NAMES)} | {"DEL": "\x7f"}
# `SOH` is read before `SO`.
_ESCAPE = re.compile(
    rf"""\\(?:
        (?P<gap>\s+)\\
      | (?P<decimal>\d+) | [oO](?P<octal>[0-7]+) | [xX](?P<hexadecimal>[\da-fA-F]+)
      | \^(?P<control>[@-_])
      | (?P<name>{"|".join(sorted(_CONTROL, key=len, reverse=True))})
      | (?P<simple>[abfnrtv"'\\&])
    )?""",
    re.VERBOSE,
)


def string_value(literal: str) -> str | None:
    """What a literal with its quotes stands for; None if it is none, or no whole one."""
    if len(literal) < 2 or not (literal[0] == literal[-1] == '"'):
        return None
    try:
        return _ESCAPE.sub(_meant, literal[1:-1])
    except (ValueError, OverflowError):
        return None


def _meant(escape: re.Match[str]) -> str:
    kind, text = escape.lastgroup, escape[escape.lastgroup] if escape.lastgroup else ""
    match kind:
        case "gap":
            return ""
        case "decimal" | "octal" | "hexadecimal":
            return chr(int(text, {"decimal": 10, "octal": 8, "hexadecimal": 16}[kind]))
        case "control":
            return chr(ord(text) - ord("@"))
        case "name" if text in _CONTROL:
            return _CONTROL[text]
        case "simple" if text in _SIMPLE:
            return _SIMPLE[text]
    message = f"{escape[0]!r} is no escape."
    raise ValueError(message)
