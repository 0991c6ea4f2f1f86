"""What a user is shown of a splice that ran, as text and places; no editor's protocol, no syntax trees."""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from attrs import frozen

from thatch.core.splices.brackets import unwrapped
from thatch.core.splices.runs import SpliceKind, SpliceRun

SHORT = 30
"""How many characters an expansion may have to stand behind its splice."""

DECODED_FOR_HINT = 2000
"""How many bytes of a result are decoded at most to see whether it is that short."""

SHOWN_LINES = 30
"""How many lines of an expansion a hover shows."""

SHOWN_COLUMNS = 200
"""How many characters of a line a hover shows."""

SHOWN_FILES = 5
"""How many dependent files are named."""

SHOWN_NAMES = 4
"""How many of the names are told that an expansion cannot have."""


class Expansion(Protocol):
    """A splice's result as Haskell source, as far as it is shown here."""

    @property
    def text(self) -> str:
        """The source, without indentation and without a newline at its end."""

    @property
    def imports(self) -> Sequence[str]:
        """Whole import declarations that it needs and its module lacks."""

    @property
    def unreachable(self) -> Sequence[str]:
        """What it names although no module exports it that can be imported, qualified."""

    @property
    def extensions(self) -> Sequence[str]:
        """The names of language extensions that it needs."""

    @property
    def with_name_splices(self) -> "Expansion | None":
        """The same with splices of just the names in `unreachable`, if that is possible."""


@frozen
class Page:
    """A whole expansion as a document of its own."""

    text: str

    first_line: int
    """The 0-based line of the page that holds the first line of the expansion."""


def hint(run: SpliceRun, expansion: Expansion | None) -> str:
    """A few words behind a splice: `3 decls, 12 ms`, `= 42, 12 ms`, `failed, 12 ms`."""
    time = duration(run.milliseconds)
    if run.stopped:
        return f"stopped after {time}"
    if run.result is None:
        return f"failed, {time}"
    if run.kind is SpliceKind.DECLARATIONS:
        return f"{_count(n_declarations(run.result), 'decl')}, {time}"
    made = unwrapped(expansion.text) if expansion else ""
    return f"= {made}, {time}" if 0 < len(made) <= SHORT and "\n" not in made else time


def wants_expansion(run: SpliceRun) -> bool:
    """Whether the hint can be better if the expansion is known."""
    if run.result is None or run.kind in {SpliceKind.DECLARATIONS, SpliceKind.ANNOTATION}:
        return False
    return len(run.result) <= DECODED_FOR_HINT


def n_declarations(result: bytes) -> int:
    """How many declarations an encoded result holds: a list begins with its length (`binary`'s instance)."""
    return int.from_bytes(result[:8])


def summary(run: SpliceRun, expansion: Expansion | None) -> str:
    """One sentence in short: how much came out, how long it took, what was asked and read."""
    return "; ".join(_facts(run, expansion))


def markdown(run: SpliceRun, expansion: Expansion | None, trouble: str = "") -> str:
    """What a hover shows; `trouble` says why there is no expansion to be shown."""
    if expansion is None:
        return f"{_failure(run, trouble)}\n\n{summary(run, None)}"
    if not expansion.text:
        return plain(run, expansion)
    shown, cut = _cut(expansion.text)
    fence = "`" * max(3, *(len(ticks) + 1 for ticks in re.findall("`+", shown)), 0)
    remark = f"\n\nOnly the first {cut} are shown." if cut else ""
    return f"{fence}haskell\n{shown}\n{fence}\n\n{summary(run, expansion)}{remark}"


def plain(run: SpliceRun, expansion: Expansion | None, trouble: str = "") -> str:
    """The same for an editor that shows text as it is."""
    if expansion is None:
        return f"{_failure(run, trouble)}\n\n{summary(run, None)}"
    shown, cut = _cut(expansion.text or "This splice made nothing.")
    remark = f"\n\nOnly the first {cut} are shown." if cut else ""
    return f"{shown}\n\n{summary(run, expansion)}{remark}"


def out_of_reach(names: Sequence[str]) -> str:
    """Why an expansion cannot stand in its module, without a full stop; `names` are those that it cannot have."""
    shown = names if len(names) <= SHOWN_NAMES else names[: SHOWN_NAMES - 1]
    more = f" and {len(names) - len(shown)} more" if len(shown) < len(names) else ""
    return f"no module that it could import exports {', '.join(shown)}{more}"


def page(run: SpliceRun, expansion: Expansion | None, trouble: str = "") -> Page:
    """The whole expansion under a comment that says where it is from."""
    span = run.span
    head = [
        f"Splice in {run.module} ({run.path.name}, line {span.start_line}, column {span.start_column}),",
        "as it ran last; this text is no file.",
        *_facts(run, expansion),
    ]
    if expansion is None:
        head += ["", *_failure(run, trouble).splitlines()]
    else:
        head += _needs(expansion)
    comment = "".join(f"-- {line}".rstrip() + "\n" for line in head)
    body = "" if expansion is None else f"\n{expansion.text}\n"
    return Page(comment + body, len(head) + 1)


def duration(milliseconds: float) -> str:
    """A time in short, such as `<1 ms`, `12 ms`, `1.2 s`, `30 s`."""
    if milliseconds < 1:
        return "<1 ms"
    if milliseconds < 999.5:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1000
    return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"


def _facts(run: SpliceRun, expansion: Expansion | None) -> Iterator[str]:
    if run.result is not None:
        what = _count(n_declarations(run.result), "declaration") if run.kind is SpliceKind.DECLARATIONS else ""
        size = _size(expansion.text) if expansion else ""
        yield ", ".join(part for part in (what, size) if part) or f"{len(run.result)} bytes"
    asked = f", {_count(len(run.questions), 'question')} to GHC" if run.questions else ""
    yield f"ran {duration(run.milliseconds)}{asked}"
    for finalizer in run.finalizers:
        went = f"failed: {finalizer.failure}" if finalizer.failure else f"ran {duration(finalizer.milliseconds)}"
        asked = f", {_count(len(finalizer.questions), 'question')} to GHC" if finalizer.questions else ""
        yield f"left code for the end of the module, which {went}{asked}"
    if run.dependent_files:
        names = [" ".join(path.name.split()) for path in run.dependent_files[:SHOWN_FILES]]
        more = len(run.dependent_files) - len(names)
        yield f"depends on {', '.join(names)}{f' and {more} more' if more else ''}"


def _needs(expansion: Expansion) -> Iterator[str]:
    """What must be added to the module if the expansion is to stand in it."""
    extensions = [f"{{-# LANGUAGE {', '.join(expansion.extensions)} #-}}"] if expansion.extensions else []
    needed = [*extensions, *expansion.imports]
    if needed:
        yield f"needs {'; '.join(needed)}"
    if expansion.unreachable:
        yield f"cannot stand in the module: {out_of_reach(expansion.unreachable)}"


def _size(text: str) -> str:
    return f"{_count(text.count(chr(10)) + 1, 'line')}, {_count(len(text), 'character')}" if text else ""


def _failure(run: SpliceRun, trouble: str) -> str:
    if run.stopped:
        return f"This splice was stopped: {run.failure}"
    if run.result is None:
        return f"This splice failed: {run.failure}"
    return f"The expansion cannot be shown: {trouble}"


def _cut(text: str) -> tuple[str, str]:
    """The beginning of a text, and how much of it that is if it is not all."""
    lines = text.splitlines()
    shown = [line if len(line) <= SHOWN_COLUMNS else line[:SHOWN_COLUMNS] + "…" for line in lines[:SHOWN_LINES]]
    if len(lines) > SHOWN_LINES:
        return "\n".join(shown), f"{SHOWN_LINES} of {len(lines)} lines"
    narrow = shown == lines
    return "\n".join(shown), "" if narrow else f"{SHOWN_COLUMNS} characters of a line"


def _count(n: int, what: str) -> str:
    return f"{n or 'no'} {what}{'' if n == 1 else 's'}"
