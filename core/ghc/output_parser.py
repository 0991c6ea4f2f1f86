"""The lines of a GHC session turned into progress, messages and other text; sans-I/O.

A session's standard output and error arrive as one stream of lines, in one of two styles:

- `-ddump-json` (9.6 to at least 9.10): an object for everything GHC logs (GHC/Utils/Logger.hs `jsonLogAction`)::

    {"span": {"file", "startLine", "startCol", "endLine", "endCol"} or null, "doc": text,
     "messageClass": "MCDiagnostic SevWarning WarningWithFlags Opt_WarnTabs :| [] Just GHC-94817" or "MCOutput" ...}

- `-fdiagnostics-as-json` (9.10 on): an object for most messages (GHC/Types/Error.hs, docs/users_guide/
  diagnostics-as-json-schema-1_2.json), the rest of the messages and the progress as plain text::

    {"version": "1.2", "span": {"file", "start": {"line", "column"}, "end"} or null, "severity": "Warning",
     "code": 94817, "message": [sections], "hints": [...], "reason": {"flags": ["tabs"]} or {"category": "x-partial"}}

Schema 1.0 (9.10) has no reason, so a deferred error cannot be told from a warning there: such a GHC is to be run
with `-ddump-json`.
"""

import re

from attrs import define, field

from thatch.core.diagnostics import Diagnostic, Location, Related, Severity, Span
from thatch.core.ghc.logged import Logged, find_objects, from_plain
from thatch.core.ghc.message import Parts, ToUserPath, find_header, related_places, with_user_paths
from thatch.core.ghc.output import Compiling, Notice, Output, Said, Text


class OutputParser:
    """Reads a session's lines one by one; holds at most one unfinished message."""

    def __init__(self, to_user_path: ToUserPath) -> None:
        """`to_user_path` gives the user's absolute path for a file's name as GHC prints it."""
        self._to_user_path = to_user_path
        self._unfinished: _Unfinished | None = None

    def feed(self, line: str) -> list[Output]:
        """What a line (with or without its end) says; never raises, whatever the line is."""
        line = line.rstrip("\r\n")
        outputs: list[Output] = []
        for piece in find_objects(line) if '{"' in line else (line,):
            if isinstance(piece, Logged):
                outputs += [*self.finish(), *self._message(piece)]
            else:
                for text in piece.split("\n"):
                    outputs += self._plain(text)
        return outputs

    def finish(self) -> list[Output]:
        """The message that the last lines were part of, when no more lines are to come for now."""
        unfinished, self._unfinished = self._unfinished, None
        if unfinished is None:
            return []
        return self._message(from_plain(unfinished.file, unfinished.span, unfinished.rest, unfinished.body))

    def _plain(self, line: str) -> list[Output]:
        if self._unfinished is not None and self._unfinished.takes(line):
            return []
        return [*self.finish(), *self._begin(line)]

    def _begin(self, line: str) -> list[Output]:
        if header := find_header(line):
            self._unfinished = _Unfinished(*header)
            return []
        if line.startswith(_CYCLE):
            self._unfinished = _Unfinished("", None, f"error: {line}")
            return []
        if found := _UNLIT.match(line):
            # GHC runs `unlit` but lets it speak for itself (utils/unlit/unlit.c).
            number = int(found["line"])
            place = Span(number, 1, number, 1)
            parts = Parts(found["text"])
            return self._message(
                Logged(severity=Severity.ERROR, fatal=True, parts=parts, file=found["file"], span=place)
            )
        return self._progress(line) or [Text(line)]

    def _progress(self, line: str) -> list[Output]:
        start = line.find("] Compiling ")
        if start < 0:
            return []
        start = max(start - _LONGEST_COUNTER, 0)
        found = _PROGRESS.search(line, start, start + _LONGEST_PROGRESS)
        if found is None:
            return []
        before = line[: found.start()]
        compiling = Compiling(
            index=int(found["index"]),
            total=int(found["total"]),
            module=found["module"],
            path=self._to_user_path(found["path"]) if found["path"] else None,
            unit=found["unit"] or "",
            boot=found["boot"] is not None,
            reason=found["reason"] or "",
        )
        return [Text(before), compiling] if before else [compiling]

    def _message(self, said: Logged) -> list[Output]:
        parts = with_user_paths(said.parts, self._to_user_path)
        text = "\n".join([parts.message, *parts.context, *parts.hints])
        if text.startswith(_CYCLE) and (files := _CYCLE_FILE.findall(text)):
            return [self._cycle(text, files)]
        if _INCLUDED_FROM.match(said.file) and not text.strip():
            return []
        if not said.file or said.file.startswith("<"):
            return [] if _is_ours(said) else [Notice(said.severity, text, said.code, said.flag)]
        path = self._to_user_path(said.file)
        itself = said.span and Location(path, said.span)
        diagnostic = Diagnostic(
            path=path,
            span=said.span,
            severity=said.severity,
            message=parts.message,
            code=said.code,
            flag=said.flag,
            context=parts.context,
            hints=parts.hints,
            related=tuple(place for place in related_places(text, self._to_user_path) if place.location != itself),
        )
        return [Said(diagnostic, said.fatal)]

    def _cycle(self, text: str, files: list[tuple[str, str]]) -> Said:
        """A cycle of imports, which GHC gives no place: it is put on the first file, with the others beside it."""
        first, *others = dict.fromkeys((self._to_user_path(file), module) for module, file in files)
        related = (Related(Location(path, Span(1, 1, 1, 1)), f"module {module}") for path, module in others)
        diagnostic = Diagnostic(path=first[0], span=None, severity=Severity.ERROR, message=text, related=tuple(related))
        return Said(diagnostic, fatal=True)


def _is_ours(said: Logged) -> bool:
    """Whether a warning is about what thatch itself does, so that the user can do nothing about it."""
    if said.severity is not Severity.WARNING:
        return False
    return said.file == "<interactive>" or said.parts.message.startswith("-ddump-json is deprecated")


@define
class _Unfinished:
    """A message printed as plain text, of which more lines may follow."""

    file: str
    span: Span | None
    rest: str
    body: list[str] = field(factory=list)
    in_excerpt: bool = False
    """Whether the lines are the source excerpt under the message."""

    def takes(self, line: str) -> bool:
        """Whether the line belongs to the message: it is indented, or part of the excerpt."""
        if _EXCERPT_BEGIN.fullmatch(line):
            self.in_excerpt = True
        if self.in_excerpt:
            return _EXCERPT.match(line) is not None
        if not line.startswith((" ", "\t")):
            return False
        if len(self.body) < _MOST_LINES:
            self.body.append(line)
        return True


_CYCLE = "Module graph contains a cycle:"
_CYCLE_FILE = re.compile(r"module (\S{1,400}) \(([^\n]{1,4000}?\.[\w-]{1,10})\)")
_INCLUDED_FROM = re.compile(r"\s+from \S")
"""How the last line of `In file included from a.h:2,` begins, which GHC takes for an error without words in a file of
that name: the message that it belongs to follows (`X.hs` included `a.h`, which included the file that it is about)."""
_UNLIT = re.compile(r"(?P<file>.{1,4000}?) line (?P<line>\d{1,9}): unlit: (?P<text>.*)")
_LONGEST_COUNTER = 30
_LONGEST_PROGRESS = 4000
_MOST_LINES = 2000
_EXCERPT_BEGIN = re.compile(r" +\|\s*")
_EXCERPT = re.compile(r" *\d* \|")
_PROGRESS = re.compile(
    r"\[ *(?P<index>\d{1,9}) of (?P<total>\d{1,9})\] Compiling (?P<module>[\w.']+)(?P<boot>\[(?:boot|sig)\])?"
    r"(?: *\( (?P<path>.+?), [^)]*\))?(?:\[(?P<unit>[^\]]+)\])?"
    r"(?: \[(?P<reason>.{1,400})\]\s*$)?"
)
"""The counter, `A.B` or `A.B[boot]`, the source and what becomes of it, the unit if there are several, and the reason
if there is one (GHC/Driver/Main.hs `batchMsgWith`, GHC/Unit/Module/Graph.hs `showModMsg`, 9.10)."""
