"""The fields at the start of the comment of a module (`Description`, `License`, ...), which are no part of its text.

Each stands as far to the right as the first, and its value goes on in lines that stand further to the right
(`Haddock/Interface/ParseModuleHeader.hs` of Haddock 2.29).
"""

import re
from collections.abc import Mapping

from attrs import frozen

_FIELD = re.compile(r"([A-Za-z-]+)\s*:(?!:)\s*(.*)")


@frozen
class ModuleHeader:
    """The comment of a module, taken apart."""

    fields: Mapping[str, str]
    """The values by their names in lower case."""

    text: str
    """What stands behind them, in Haddock's markup."""

    @property
    def description(self) -> str:
        """What the module is about, in one line."""
        return self.fields.get("description", "")


def parse_module_header(comment: str) -> ModuleHeader:
    """Take the comment of a module apart; most have no fields."""
    lines = comment.expandtabs().split("\n")
    at = next((index for index, line in enumerate(lines) if line.strip()), len(lines))
    margin = _indent(lines[at]) if at < len(lines) else 0
    fields: dict[str, list[str]] = {}
    while at < len(lines) and _indent(lines[at]) == margin and (found := _FIELD.match(lines[at].strip())):
        value = fields.setdefault(found[1].lower(), [])
        value.append(found[2])
        at += 1
        while at < len(lines) and (not lines[at].strip() or _indent(lines[at]) > margin):
            value.append(lines[at].strip())
            at += 1
    if not fields:
        return ModuleHeader({}, comment)
    return ModuleHeader(
        {name: " ".join(" ".join(value).split()) for name, value in fields.items()}, "\n".join(lines[at:])
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
