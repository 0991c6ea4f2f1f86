"""Heads of source files, remembered by the content of the files: planning a warm project parses none.

    <folder>/<fingerprint of the units>    the heads of one project's files, as they were when last planned, and as many
                                           of before: a line with the hash of the rest, which is JSON

A copy of a checkout has the same units and contents, and so the same file; so have two branches, of which each finds
its own.  Heads are kept without their places in the text, which planning does not need.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from thatch.cache.key import fingerprint
from thatch.core import syntax
from thatch.core.diagnostics import Span
from thatch.core.project.headers import LARGEST_HEAD
from thatch.core.syntax import Header, Import, parse_header

MOST_PROJECTS = 100
"""How many projects' heads are kept; the longest unplanned go."""

LITERATE = frozenset({".lhs", ".lhs-boot"})

_NOWHERE = Span(1, 1, 1, 1)


class Heads:
    """The heads and the hashes of a project's source files, each file read once.  Blocking; for one thread."""

    def __init__(self, folder: Path | None = None, units: Iterable[str] = ()) -> None:
        """`units` are the ids of the project's units; without a folder nothing is remembered."""
        self.hashes: dict[Path, str] = {}
        """The hash of each file that was read."""
        self._reader = _reader_version()
        self._file = folder / fingerprint(sorted(units)) if folder and self._reader else None
        self._known: dict[str, Any] = self._load()
        self._used: dict[str, Any] = {}

    def read(self, path: Path) -> Header | None:
        """The head of a file, None when it cannot be read."""
        try:
            data = path.read_bytes()
        except OSError:
            return None
        found = _digest(data)
        self.hashes[path] = found
        literate = path.suffix in LITERATE
        key = f"{found} literate" if literate else found
        if key in self._known:
            self._used[key] = self._known[key]
            return _header(self._known[key])
        header = parse_header(data[:LARGEST_HEAD].decode("utf-8", "replace"), literate=literate)
        self._used[key] = _fields(header)
        return header

    def remember(self) -> None:
        """Keep the heads of what was read, if they are others than before; best effort."""
        if self._file is None or self._used.keys() <= self._known.keys():
            return
        before = [(key, head) for key, head in self._known.items() if key not in self._used]
        heads = {**dict(before[-len(self._used) :]), **self._used}
        data = json.dumps({"reader": self._reader, "heads": heads}, separators=(",", ":")).encode()
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self._file.parent, delete=False) as temporary:
                temporary.write(_digest(data).encode() + b"\n" + data)
            Path(temporary.name).replace(self._file)
            _drop_oldest(self._file.parent)

    def _load(self) -> Any:
        if self._file is None:
            return {}
        try:
            digest, _, data = self._file.read_bytes().partition(b"\n")
        except OSError:
            return {}
        if digest.decode("ascii", "replace") != _digest(data):
            return {}
        stored = json.loads(data)
        return stored["heads"] if stored["reader"] == self._reader else {}


def _reader_version() -> str:
    """What changes with the code that reads heads; empty when that cannot be told."""
    try:
        return _digest(Path(syntax.__file__).read_bytes())
    except OSError:
        return ""


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()


def _drop_oldest(folder: Path) -> None:
    files = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[MOST_PROJECTS:]:
        path.unlink(missing_ok=True)


def _fields(header: Header) -> list[Any]:
    imports = [[entry.module, entry.source, entry.package, entry.conditional] for entry in header.imports]
    return [header.name, imports, header.extensions, header.options, header.has_include]


def _header(fields: list[Any]) -> Header:
    name, imports, extensions, options, has_include = fields
    return Header(
        name=name,
        imports=tuple(
            Import(module, _NOWHERE, source, package, conditional) for module, source, package, conditional in imports
        ),
        extensions=tuple(extensions),
        options=tuple(options),
        has_include=has_include,
    )
