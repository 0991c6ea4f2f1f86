"""Cases that are not matched, written down with a hole for what is to be done."""

import re
from collections.abc import Iterator, Sequence

from attrs import frozen

from thatch.core.diagnostics import Diagnostic
from thatch.core.fixes.model import Fix
from thatch.core.fixes.signatures import is_writable
from thatch.core.fixes.source import Source
from thatch.core.splices.inline_head import Edit
from thatch.core.splices.inline_lexer import is_atomic, line_end

_WHERE = re.compile(
    r"In (?:an equation for [\u2018`](?P<name>[^\u2019]+)[\u2019']|(?P<case>a case alternative|a \\case alternative)):"
    r"\s+Patterns? of type (?P<types>.*?) not matched:(?P<patterns>.*)",
    re.DOTALL,
)
_TYPE = re.compile("[\u2018`][^\u2019]+[\u2019']")
_NOT_ONE_OF = re.compile(r"(\w+) is not one of")


@frozen
class _Clauses:
    """Where clauses go, and what each looks like."""

    at: int
    opening: str
    """What stands before each but the first one."""
    first: str
    """What stands before the first one."""


def add_cases(source: Source, diagnostic: Diagnostic) -> Iterator[Fix]:
    """The cases that a warning lists, and one for all the rest."""
    found = _WHERE.search(diagnostic.message)
    if not found or diagnostic.span is None:
        return
    patterns = list(_patterns(found["patterns"]))
    n_arguments = len(_TYPE.findall(found["types"]))
    if not patterns or not all(is_writable(source, pattern) for pattern in patterns):
        return
    place = _behind_equations(source, diagnostic) if found["name"] else _behind_alternatives(source, diagnostic)
    if place is None:
        return
    title = f"Add missing case {patterns[0]}" if len(patterns) == 1 else f"Add {len(patterns)} missing cases"
    yield _fix(title, place, [_clause(found["name"], pattern, n_arguments) for pattern in patterns], diagnostic)
    rest = " ".join("_" * n_arguments)
    if patterns != [rest]:
        yield _fix("Add a case for the rest", place, [_clause(found["name"], rest, n_arguments)], diagnostic)


def _fix(title: str, place: _Clauses, clauses: Sequence[str], diagnostic: Diagnostic) -> Fix:
    text = place.first + place.opening.join(clauses)
    preferred = title.startswith("Add missing")
    return Fix(title=title, edits=(Edit(place.at, place.at, text),), diagnostics=(diagnostic,), preferred=preferred)


def _patterns(text: str) -> Iterator[str]:
    """The patterns that a message lists, one a line; what is indented more goes on with the one above.

    Those that stand for all but some literals come last: written down, they match these literals too.
    """
    lines = [line for line in text.split("\n") if line.strip()]
    margin = min((len(line) - len(line.lstrip()) for line in lines), default=0)
    entries: list[str] = []
    for line in lines:
        if entries and len(line) - len(line.lstrip()) > margin:
            entries[-1] += f" {line.strip()}"
        else:
            entries.append(line.strip())
    yield from (entry for entry in entries if entry != "..." and not _NOT_ONE_OF.search(entry))
    for entry in entries:
        pattern, _, conditions = entry.partition(" where ")
        names = _NOT_ONE_OF.findall(conditions)
        for name in names:
            pattern = re.sub(rf"\b{name}\b", "_", pattern)
        if names:
            yield pattern


def _clause(name: str | None, pattern: str, n_arguments: int) -> str:
    """An equation, or the alternative of a case without a name."""
    if name is None:
        return f"{pattern} -> _"
    arguments = [pattern] if n_arguments == 1 else _split(pattern)
    arguments = [one if is_atomic(one) else f"({one})" for one in arguments]
    if name[0].isalpha() or name[0] == "_":
        return f"{name} {' '.join(arguments)} = _"
    if len(arguments) == 2:  # An operator stands between two.
        return f"{arguments[0]} {name} {arguments[1]} = _"
    return f"({name}) {' '.join(arguments)} = _"


def _split(patterns: str) -> list[str]:
    """The patterns of several arguments."""
    parts, depth = [""], 0
    for character in patterns:
        depth += (character in "([{") - (character in ")]}")
        if character == " " and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _behind_equations(source: Source, diagnostic: Diagnostic) -> _Clauses:
    start, end = source.region(diagnostic.span)
    return _behind(source, start, end)


def _behind_alternatives(source: Source, diagnostic: Diagnostic) -> _Clauses | None:
    """Behind the last alternative, in the column of the first one."""
    start, end = source.region(diagnostic.span)
    tokens = [token for token in source.tokens if start <= token.start < end]
    depth, is_lambda = 0, False
    for index, token in enumerate(tokens):
        if token.text == "case":
            depth += 1
            is_lambda = index > 0 and tokens[index - 1].text == "\\" and depth == 1
        depth -= token.text == "of"
        begins = is_lambda or (token.text == "of" and depth == 0)
        if begins and index + 1 < len(tokens):
            first = tokens[index + 1]
            if first.text != "{":
                return _behind(source, first.start, end)
            closing = end - 1
            return _Clauses(closing, "; ", "" if tokens[index + 2].text == "}" else "; ")
    return None


def _behind(source: Source, start: int, end: int) -> _Clauses:
    """Behind the item of a layout that begins in the column of an offset and ends at another one."""
    line = line_end(source.code, end)
    if any(end <= token.start < line for token in source.tokens):
        return _Clauses(end, "; ", "; ")
    before = source.text[source.text.rfind("\n", 0, start) + 1 : start]
    margin = len(before) if not source.literate else 1
    indent = before[:margin] if not before[:margin].strip(" \t>") else ""
    indent += "".join("\t" if one == "\t" else " " for one in before[len(indent) :])
    newline = f"\n{indent}"
    at = line - 1 if source.code[line - 1 : line] == "\r" else line
    return _Clauses(at, newline, newline)
