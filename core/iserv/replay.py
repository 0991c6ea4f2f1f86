"""Splices that are not run: what they asked and gave when they ran is said again, as long as GHC answers the same.

Part of the tap: standard library only.

The file of records, which the server writes and the tap reads again when it has changed, is marshalled: by unit and
module, the records of its splices by kind, source and context (`thatch.core.iserv.source_slices`); a record is the
encoded result, the questions, each with GHC's answer, with their tags, what the splice left for the end of its module
(by the references that GHC names in one request, the questions of that), and where the splice was.

Of fresh names GHC chooses new numbers each time.  They stand in the bytes in one way only: as an Integer of eight bytes
behind the tag of `NameU` or `NameL` (GHCi/TH/Binary.hs, GHC/Types/Unique.hs of 9.6.6 and 9.10.3).  So an answer is the
recorded one if replacing each of these numbers by its new one, which the first occurrence tells, makes it that.
"""

import marshal
import os

from .recorder import Place
from .source_slices import splice_context, splice_source

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Sequence

    Questions = list[tuple[bytes, bytes]]
    Record = tuple[bytes, Questions, dict[tuple[int, ...], Questions], list[int]]
    Source = tuple[str, str, str]
    Records = dict[tuple[str, str], dict[Source, list[Record]]]
else:
    Questions = Record = Records = object

NUMBER = 8
"""The bytes of the number of a fresh name."""

LEAVING = 19
"""The tag of `AddModFinalizer`, in all versions."""

MOST_COMPILATIONS = 64
"""How many compilations of modules may have begun and not ended."""

MOST_LEFT = 10_000
"""How much that splices left is kept for the end of their modules, which errors keep GHC from."""


class Differs(Exception):  # noqa: N818  # Not an error: it is found out whether a record holds.
    """A record does not hold."""


class Replays:
    """The records of a session."""

    def __init__(self, path: str, new_reference: "Callable[[], int]") -> None:
        self._path = path
        self._new_reference = new_reference
        self._stamp: tuple[int, ...] = ()
        self._records: Records = {}
        self._source: tuple[str, tuple[int, ...]] = "", ()
        self._text: Sequence[str] = ()
        """The lines of the source that was read last."""
        self._seen: dict[bytes, dict[Source, int]] = {}
        """How many splices that look the same came by in a compilation."""
        self._left: dict[int, tuple[Replay, int]] = {}
        """By the references that GHC was told of: who left what, and the reference to that in the record."""

    def start(self, place: "Place | None", finalizers: "Sequence[int]") -> "Replay":
        """The replay of a splice that GHC wants to run, or of what one left, to which the references are.

        Raises `Differs` when there is no record.
        """
        if finalizers:
            return self._end(finalizers)
        if place is None:
            raise Differs
        self._refresh()
        lines = self._lines(place.file)
        text = splice_source(lines, place.span)
        source = place.kind, text, splice_context(lines, place.span, text)
        alike = self._records.get((place.unit, place.module), {}).get(source, [])
        number = self._number(place, source)
        if number >= len(alike):
            raise Differs
        there = (record for record in alike if record[3] == place.span)
        return Replay(next(there, alike[number]), self._leave)

    def _leave(self, replay: "Replay", reference: int) -> int:
        """A splice leaves something for the end of its module; the reference that GHC is told."""
        if len(self._left) >= MOST_LEFT:
            self._left.clear()
        new = self._new_reference()
        self._left[new] = replay, reference
        return new

    def _end(self, finalizers: "Sequence[int]") -> "Replay":
        left = [self._left.pop(one, None) for one in finalizers]
        replays = {one[0] for one in left if one}
        if len(replays) != 1 or None in left:
            raise Differs
        replay = replays.pop()
        replay.go_on(tuple(one[1] for one in left if one))
        return replay

    def _number(self, place: Place, source: "Source") -> int:
        """How many splices that look the same came before; GHC takes most of them in their order."""
        seen = self._seen.pop(place.compilation, {})
        number = seen.get(source, 0)
        while len(self._seen) >= MOST_COMPILATIONS:
            del self._seen[next(iter(self._seen))]
        # The latest one is the last.
        self._seen[place.compilation] = {**seen, source: number + 1}
        return number

    def _lines(self, file: str) -> "Sequence[str]":
        """The lines of a source; a module's splices come one after the other."""
        try:
            source = file, _stamp(file)
            if self._source != source:
                with open(file, encoding="utf-8", errors="replace") as opened:  # noqa: PTH123
                    self._source, self._text = source, opened.read().split("\n")
        except OSError:
            raise Differs from None
        return self._text

    def _refresh(self) -> None:
        """Read the file again if it is another one; without a file there are no records."""
        try:
            stamp = _stamp(self._path)
            if stamp != self._stamp:
                with open(self._path, "rb") as file:  # noqa: PTH123
                    self._records = marshal.load(file)  # noqa: S302  # Written by the server, with the same Python.
                self._stamp = stamp
        except (OSError, ValueError, EOFError, TypeError):
            self._stamp, self._records = (), {}


class Replay:
    """One splice that is replayed, and later what it left."""

    def __init__(self, record: Record, leave: "Callable[[Replay, int], int]") -> None:
        """`leave` gives a new reference in place of one in the record, to what the splice leaves."""
        self._result, self._questions, self._finalizers, _ = record
        self._leave = leave
        self._position = 0
        self._new: dict[bytes, bytes] = {}
        """The numbers of fresh names by those in the record."""

    def question(self) -> bytes | None:
        """What the splice says next, with its tag; None when it is done.

        Raises `Differs` when a fresh name stands in it that no answer has told.
        """
        if self._position == len(self._questions):
            return None
        asked, _ = self._questions[self._position]
        self._position += 1
        if asked[0] == LEAVING:
            return asked[:1] + self._leave(self, int.from_bytes(asked[1:], "big")).to_bytes(8, "big")
        return self._renamed(asked)

    def take(self, answer: bytes) -> None:
        """Compare GHC's answer to the latest question; raises `Differs`."""
        _, recorded = self._questions[self._position - 1]
        if len(recorded) != len(answer):
            raise Differs
        known = set(self._new.values())
        for match in _numbers().finditer(recorded):
            old, new = match[1], answer[match.start(1) : match.end(1)]
            if old not in self._new and new not in known:
                self._new[old] = new
                known.add(new)
        if self._renamed(recorded) != answer:
            raise Differs

    def go_on(self, finalizers: tuple[int, ...]) -> None:
        """Replay what was left, with these references in the record; raises `Differs` when it did not run then."""
        if finalizers not in self._finalizers:
            raise Differs
        self._result, self._questions, self._position = b"", self._finalizers[finalizers], 0

    def result(self) -> bytes:
        """What the splice gives back; raises `Differs` like `question`."""
        return self._renamed(self._result)

    def _renamed(self, data: bytes) -> bytes:
        def rename(match: "re.Match[bytes]") -> bytes:
            if match[1] not in self._new:
                raise Differs
            return match[0][:-NUMBER] + self._new[match[1]]

        return _numbers().sub(rename, data)


def _numbers() -> "re.Pattern[bytes]":
    # Loads slowly, and most taps replay nothing.
    import re

    return re.compile(rb"[\x02\x03]\x01\x01\x00{7}\x08(.{8})", re.DOTALL)


def _stamp(path: str) -> tuple[int, ...]:
    """What is another one for another file."""
    status = os.stat(path)  # noqa: PTH116  # pathlib loads slowly.
    return status.st_mtime_ns, status.st_size, status.st_ino
