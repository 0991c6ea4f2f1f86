"""What a package's `.cabal` file says of where the sources of its modules are; no file is read here."""

import re

from attrs import frozen

from thatch.core.cabal.outline import Outline, Section, parse

_VERSION = re.compile(r"[\d.]+")
_LIBRARIES = frozenset({"library", "common"})


@frozen
class CabalFile:
    """What a `.cabal` file says."""

    version: str

    source_dirs: tuple[str, ...]
    """The folders with sources, those of its libraries first; the package's own folder is `.`."""


def parse_cabal_file(text: str) -> CabalFile:
    """What a `.cabal` file says; what it does not say or says in an unusual way is missing."""
    outline = parse(text)
    version = outline.value("version")
    libraries: list[str] = []
    others = [word.text for field in outline.fields(*SOURCE_DIRS) for word in outline.words(field)]
    for section in outline.sections:
        found = source_dirs(outline, section)
        if section.name in _LIBRARIES:
            libraries += found or ["."]
        else:
            others += found
    folders = tuple(dict.fromkeys([*libraries, *others, "."]))
    return CabalFile(version if _VERSION.fullmatch(version) else "", folders)


SOURCE_DIRS = ("hs-source-dirs", "hs-source-dir")


def source_dirs(outline: Outline, section: Section) -> list[str]:
    """The folders with sources that a section names, in whichever of its conditionals."""
    return [word.text for field in section.fields(*SOURCE_DIRS) for word in outline.words(field)]
