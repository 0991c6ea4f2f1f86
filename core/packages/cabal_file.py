"""Just enough of a package's `.cabal` file to find the sources of its modules; no file is read here."""

import re
from itertools import pairwise

from attrs import frozen

_VERSION = re.compile(r"^version\s*:\s*([\d.]+)\s*$", re.MULTILINE | re.IGNORECASE)
_STANZA = re.compile(
    r"^(library|common|executable|test-suite|benchmark|foreign-library|flag|source-repository|custom-setup)\b",
    re.IGNORECASE,
)
_SOURCE_DIRS = re.compile(
    r"^([ \t]*)hs-source-dirs?[ \t]*:(.*(?:\n\1[ \t]+.*|\n[ \t]*$)*)", re.MULTILINE | re.IGNORECASE
)
_COMMENT = re.compile(r"^[ \t]*--.*\n?", re.MULTILINE)
_LIBRARIES = frozenset({"library", "common"})


@frozen
class CabalFile:
    """What a `.cabal` file says."""

    version: str

    source_dirs: tuple[str, ...]
    """The folders with sources, those of its libraries first; the package's own folder is `.`."""


def parse_cabal_file(text: str) -> CabalFile:
    """What a `.cabal` file says; what it does not say or says in an unusual way is missing."""
    text = _COMMENT.sub("", text.replace("\r", ""))
    version = _VERSION.search(text)
    libraries: list[str] = []
    others: list[str] = []
    for stanza in _stanzas(text):
        is_library = (kind := _STANZA.match(stanza)) is not None and kind[1].lower() in _LIBRARIES
        found = [name for field in _SOURCE_DIRS.finditer(stanza) for name in re.split(r"[\s,]+", field[2]) if name]
        if is_library:
            libraries += found or ["."]
        else:
            others += found
    return CabalFile(version[1] if version else "", tuple(dict.fromkeys([*libraries, *others, "."])))


def _stanzas(text: str) -> list[str]:
    """The text cut where stanzas begin, at the margin."""
    starts = [0, *(found.start() for found in re.finditer(r"^[a-z]", text, re.MULTILINE | re.IGNORECASE)), len(text)]
    pieces = [text[start:end] for start, end in pairwise(starts)]
    stanzas: list[str] = [""]
    for piece in pieces:
        if _STANZA.match(piece):
            stanzas.append(piece)
        else:
            stanzas[-1] += piece
    return stanzas
