"""Compiled modules with an index of them, for tests of what looks further than one module."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.compiled import CompiledModules
from thatch.core.documents import Document
from thatch.core.index.index import Index
from thatch.core.index.sources import ProjectFiles
from thatch.core.navigation.code import Code
from thatch.core.navigation.modules import Modules
from thatch.core.navigation.places import Place
from thatch.core.navigation.texts import Texts


class Shown:
    """A long operation, as a user would see it."""

    def __init__(self, title: str) -> None:
        self.said = [title]

    def progress(self, message: str, done: int, total: int) -> None:
        self.said.append(message)

    def end(self, message: str) -> None:
        self.said.append("end")


@asynccontextmanager
async def indexed(files: CompiledModules, cache: Path, texts: Mapping[Path, str] | None = None) -> AsyncIterator[Code]:
    """What features are given when the index has read all that it can; `texts` are open buffers."""
    documents = {path: Document(path, text, 1) for path, text in (texts or {}).items()}
    modules = Modules(lambda: [files])
    index = make_index(files, cache, modules, lambda: documents)
    index.changed()
    await index.caught_up()
    try:
        yield Code(modules, index, Texts(), documents)
    finally:
        await index.close()


def make_index(
    files: CompiledModules,
    cache: Path,
    modules: Modules,
    documents: Callable[[], Mapping[Path, Document]],
    begin_work: Callable[[str], Shown] = Shown,
) -> Index:
    """An index that has not begun."""
    project = ProjectFiles(files.folder, "9.6.6", files, frozenset(), settled=True)
    return Index(lambda: cache, lambda: [project], documents, modules, begin_work)


def said(place: Place) -> str:
    """Such as `Lib:6 Shape`."""
    return f"{place.path.stem}:{place.lines.line_of(place.name[0]) + 1} {place.lines.text[slice(*place.name)]}"
