"""When renaming in all modules is refused because not all of them are known."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from attrs import evolve

from tests.conftest import Ghc
from tests.support.compiled import CompiledModules, CompileOnce
from tests.support.indexed import Shown
from tests.support.renames import renamed
from thatch.core.documents import Document
from thatch.core.errors import ThatchError
from thatch.core.ghc.results import ModuleKey
from thatch.core.index import index as indexing
from thatch.core.index.index import Index
from thatch.core.index.sources import ProjectFiles
from thatch.core.navigation.code import Code
from thatch.core.navigation.modules import Modules
from thatch.core.navigation.texts import Texts

FIXTURE = """
    -- /A.hs
    module A where
    f :: Int
    f = 1
    -- /B.hs
    module B where
    import A
    g :: Int
    g = f
"""


@asynccontextmanager
async def known(files: CompiledModules, cache: Path, texts: Mapping[Path, str], **given: object) -> AsyncIterator[Code]:
    """What features are given of a project that is not as it should be."""
    documents = {path: Document(path, text, 1) for path, text in texts.items()}
    modules = Modules(lambda: [files])
    project = evolve(ProjectFiles(files.folder, "9.6.6", files, frozenset(), settled=True), **given)  # type: ignore[arg-type]
    index = Index(lambda: cache, lambda: [project], lambda: documents, modules, Shown)
    index.changed()
    await index.caught_up()
    try:
        yield Code(modules, index, Texts(), documents)
    finally:
        await index.close()


@pytest.fixture
def files(ghc: Ghc, compile_once: CompileOnce) -> CompiledModules:
    """The modules of the fixture."""
    return compile_once(ghc, FIXTURE)


async def test_as_long_as_ghc_works_nothing_is_renamed_but_what_one_file_knows(
    files: CompiledModules, tmp_path: Path
) -> None:
    async with known(files, tmp_path, {}, settled=False) as code:
        with pytest.raises(ThatchError, match="cannot be renamed yet: GHC is still checking"):
            await renamed(code, files.folder, "A.hs: |f ::", "h")


async def test_as_long_as_the_index_lacks_modules_nothing_is_renamed(
    files: CompiledModules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "MOST_LOOKED_UP", 0)
    monkeypatch.setattr(indexing, "WAIT_SECONDS", 0.01)
    modules = Modules(lambda: [files])
    project = ProjectFiles(files.folder, "9.6.6", files, frozenset(), settled=True)
    index = Index(lambda: tmp_path, lambda: [project], dict, modules, Shown)
    index.changed()
    try:
        with pytest.raises(ThatchError, match="cannot be renamed yet: the index lacks 2 modules"):
            await renamed(Code(modules, index, Texts(), {}), files.folder, "A.hs: |f ::", "h")
    finally:
        await index.close()


async def test_a_module_that_was_never_compiled_may_not_have_the_name(files: CompiledModules, tmp_path: Path) -> None:
    path = tmp_path / "C.hs"
    declared = frozenset({ModuleKey("main", path)})
    path.write_text("module C where\nimport A\ng = f\n")
    async with known(files, tmp_path, {}, declared=declared) as code:
        with pytest.raises(ThatchError, match=r"C\.hs, line 3: GHC has not compiled this module"):
            await renamed(code, files.folder, "A.hs: |f ::", "h")
        path.write_text("module C where\nimport A -- of f\n")
        assert (await renamed(code, files.folder, "A.hs: |f ::", "h")).keys() == {"A.hs", "B.hs"}


async def test_what_was_typed_since_may_not_have_the_name(files: CompiledModules, tmp_path: Path) -> None:
    main = files.folder / "B.hs"
    text = main.read_text("utf-8")
    async with known(files, tmp_path, {main: f"{text}more = 1 -- f\n"}) as code:
        changed = await renamed(code, files.folder, "A.hs: |f ::", "h")
        assert changed["B.hs"] == text.replace("= f", "= h") + "more = 1 -- f\n"
    async with known(files, tmp_path, {main: f"{text}more = f\n"}) as code:
        with pytest.raises(ThatchError, match=r"B\.hs, line 5: `f` was edited since GHC read it last"):
            await renamed(code, files.folder, "A.hs: |f ::", "h")
    async with known(files, tmp_path, {main: text.replace("g = f", "g = f1")}) as code:
        with pytest.raises(ThatchError, match=r"B\.hs, line 4: `f` was edited"):
            await renamed(code, files.folder, "A.hs: |f ::", "h")
