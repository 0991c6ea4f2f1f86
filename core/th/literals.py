"""Literals as Haskell's lexer reads them."""

from collections.abc import Sequence
from fractions import Fraction

from thatch.core.th.tree import Node, Value

_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\\": "\\\\", "\a": "\\a", "\b": "\\b", "\f": "\\f", "\v": "\\v"}


def characters(parts: Sequence[Value], literal: str) -> str:
    """The text of a list of character literals, each in a node `literal`; empty if anything else is in it."""
    found = []
    for part in parts:
        match part:
            case Node(constructor, (Node("CharL", (str(text),)),)) if constructor == literal:
                found.append(text)
            case _:
                return ""
    return "".join(found)


def character(text: str) -> str:
    """A character literal."""
    return "'\\''" if text == "'" else f"'{_escaped(text)}'"


def string(text: str) -> str:
    r"""A string literal; `\&` keeps a digit apart from the number of an escape before it."""
    out: list[str] = []
    after_number = False
    for each in text:
        written = '\\"' if each == '"' else _escaped(each)
        if after_number and each in "0123456789":
            out.append("\\&")
        out.append(written)
        after_number = written[0] == "\\" and written[-1].isdigit()
    return f'"{"".join(out)}"'


def byte_string(data: bytes) -> str:
    """The literal of an `Addr#`, without its `#`: each character is a byte."""
    out: list[str] = []
    after_number = False
    for byte in data:
        plain = 32 <= byte < 127
        written = ('\\"' if byte == 34 else _escaped(chr(byte))) if plain else f"\\{byte}"
        if after_number and written in "0123456789":
            out.append("\\&")
        out.append(written)
        after_number = not plain
    return f'"{"".join(out)}"'


def rational(above: int, below: int) -> str | None:
    """A fractional literal without a sign for a number of at least 0; None when no decimal is that number."""
    number = Fraction(above, below)
    below = number.denominator
    twos, fives = _power(below, 2), _power(below, 5)
    if 2**twos * 5**fives != below:
        return None
    n_decimals = max(twos, fives)
    digits = str(number.numerator * 2 ** (n_decimals - twos) * 5 ** (n_decimals - fives))
    exponent = len(digits) - 1 - n_decimals
    if digits.strip("0") == "" or -4 <= exponent < 16:
        whole = digits.rjust(n_decimals + 1, "0")
        return f"{whole[: len(whole) - n_decimals]}.{whole[len(whole) - n_decimals :] or '0'}"
    return f"{digits[0]}.{digits[1:].rstrip('0') or '0'}e{exponent}"


def _power(number: int, prime: int) -> int:
    count = 0
    while number % prime == 0:
        number //= prime
        count += 1
    return count


def _escaped(each: str) -> str:
    if each in _ESCAPES:
        return _ESCAPES[each]
    return each if each.isprintable() else f"\\{ord(each)}"
