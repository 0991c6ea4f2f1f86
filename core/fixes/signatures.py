"""Type signatures as GHC infers them: for bindings without one, and for wildcards in those that are there."""

import re
from collections.abc import Iterator

from thatch.core.diagnostics import Diagnostic
from thatch.core.fixes.model import Fix
from thatch.core.fixes.source import Source
from thatch.core.fixes.words import plain
from thatch.core.splices.inline_head import Edit

_MISSING = re.compile(
    r"(?P<what>Top-level binding|Pattern synonym|Polymorphic local binding) with no type signature: "
    r"(?P<name>\S+) :: (?P<type>.+)"
)
_QUANTIFIED = re.compile(r"forall (?P<variables>[^.]*)\. (?P<type>.*)")
_QUALIFIED = re.compile(r"(?<![\w'.])([A-Z][\w'.]*)\.([^\W\d][\w']*|[^\w\s()\[\]]+)")
_VARIABLE = re.compile(r"(?<![\w'.])[a-z_][\w']*")


def add_signature(source: Source, diagnostic: Diagnostic) -> Iterator[Fix]:
    """The signature that a warning says is missing, above the binding."""
    found = _MISSING.fullmatch(plain(diagnostic.message))
    if not found or diagnostic.span is None:
        return
    start, of_type = source.region(diagnostic.span)[0], found["type"]
    if found["what"] == "Polymorphic local binding":
        at, closed = (start if source.is_first(start) else None), _closed(of_type)
    else:
        at, closed = source.item_start(start), of_type
    if at is None or closed is None or not is_writable(source, closed):
        return
    name = f"pattern {found['name']}" if found["what"] == "Pattern synonym" else found["name"]
    signature = f"{name} :: {closed}"
    edit = Edit(at, at, f"{signature}\n{source.indent(at)}")
    yield Fix(title=f"Add signature: {signature}", edits=(edit,), diagnostics=(diagnostic,), preferred=True)


_WILDCARD = re.compile(r"Found (?:type wildcard `\w+`|extra-constraints wildcard) standing for `(?P<type>[^`]+)`")


def fill_wildcard(source: Source, diagnostic: Diagnostic) -> Iterator[Fix]:
    """The type or the constraints that a wildcard in a signature stands for, in its place."""
    found = _WILDCARD.match(plain(diagnostic.message))
    if not found or not source.at(diagnostic.span).startswith("_") or not is_writable(source, found["type"]):
        return
    start, end = source.region(diagnostic.span)
    of_type = found["type"]
    if " " in of_type and not of_type.startswith(("(", "[")) and not _is_alone(source, start, end):
        of_type = f"({of_type})"
    yield Fix(
        title=f"Replace {source.text[start:end]} by {of_type}",
        edits=(Edit(start, end, of_type),),
        diagnostics=(diagnostic,),
        preferred=True,
    )


def is_writable(source: Source, of_type: str) -> bool:
    """Whether a type as GHC prints it means the same in the module: imports bring what is qualified in it."""
    return "..." not in of_type and all(_is_known(source, *found.groups()) for found in _QUALIFIED.finditer(of_type))


def _is_known(source: Source, qualifier: str, name: str) -> bool:
    exported = [
        source.exports.exports(each.module, each.package) for each in source.imports if each.qualifier == qualifier
    ]
    return any(known is None or any(each.occ == name for each in known) for known in exported)


def _closed(of_type: str) -> str | None:
    """A type without the `forall` that GHC puts before it; None if it mentions variables of what is around it."""
    found = _QUANTIFIED.fullmatch(of_type)
    if found is None:
        return None
    known = set(_VARIABLE.findall(found["variables"]))
    return found["type"] if set(_VARIABLE.findall(found["type"])) - {"forall"} <= known else None


def _is_alone(source: Source, start: int, end: int) -> bool:
    """Whether a wildcard is a whole argument, a result or a context."""
    before, after = source.text[:start].rstrip(), source.text[end:].lstrip()
    return before.endswith(("::", "->", "=>", "(", ",", "[")) and (
        after.startswith(("->", "=>", ")", ",", "]")) or not source.text[end : source.text.find("\n", end)].strip()
    )
