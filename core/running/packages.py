"""The components of a project that stack describes, which does not tell of them, by its `.cabal` files.  Blocking."""

import os
from collections.abc import Iterator
from pathlib import Path

from thatch.core.cabal.outline import Outline, Section, parse
from thatch.core.cabal.surroundings import folders_of
from thatch.core.documents import read_text
from thatch.core.project.model import Project
from thatch.core.running.commands import Component, Declared

KINDS = {"library": "lib", "executable": "exe", "test-suite": "test", "benchmark": "bench"}
"""The sections that are components."""


def declared(project: Project) -> tuple[Declared, ...]:
    """The components of the project's packages; those that stack writes from a `package.yaml` once it has done so."""
    folders = {path.parent for path in project.watched if path.suffix == ".cabal" or path.name == "package.yaml"}
    files = (file for folder in sorted(folders) for file in sorted(folder.glob("*.cabal")))
    return tuple(one for file in files for one in _components(file, parse(read_text(file) or "")))


def _components(file: Path, outline: Outline) -> Iterator[Declared]:
    package = outline.value("name")
    for section in outline.sections:
        if section.name in KINDS and package:
            component = Component(package, KINDS[section.name], section.argument or package)
            folders = tuple(folders_of(outline, section, file.parent))
            yield Declared(component, folders, tuple(_mains(outline, section, folders)))


def _mains(outline: Outline, section: Section, folders: tuple[Path, ...]) -> Iterator[Path]:
    """Where the file may be that the program begins in."""
    for one in section.fields("main-is"):
        for word in outline.words(one):
            yield from (Path(os.path.normpath(folder / word.text)) for folder in folders)
