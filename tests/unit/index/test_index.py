"""The index as features use it: kept up to date by a process of its own, shared, and made again when it is damaged."""

import asyncio
import logging
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from tests.conftest import require_ghc
from tests.support.compiled import UNIT, CompiledModules, CompileOnce
from tests.support.indexed import Shown, indexed, make_index
from tests.support.waiting import seconds, until
from thatch.cache.entry import digest_of
from thatch.core.artifacts import content_hash
from thatch.core.documents import Document
from thatch.core.ghc.results import ModuleKey
from thatch.core.index import feed, index, queries
from thatch.core.index.index import Index
from thatch.core.index.model import NameKey
from thatch.core.navigation.modules import Modules

FIXTURE = """
    -- /A.hs
    module A where
    f :: Int -> Int
    f x = x
    g = f 1
    -- /B.hs
    module B where
    import A
    h = f (f g)
    -- /C.hs
    module C where
    import A
    i = f
"""

F = NameKey(0, "f", UNIT, "A")


@pytest_asyncio.fixture
async def files(compile_once: CompileOnce, tmp_path: Path) -> CompiledModules:
    """The modules of the fixture, to change them.  What is tested here does not depend on what GHC wrote."""
    ghc = require_ghc("9.6")
    common = compile_once(ghc, FIXTURE)
    # GHC's answer is kept among the files.
    await common.known_names()
    shutil.copytree(common.folder, tmp_path / "project")
    return CompiledModules(tmp_path / "project", ghc.path)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The index reads without waiting for more changes."""
    monkeypatch.setattr(index, "PAUSE_SECONDS", 0)


def compile_again(files: CompiledModules, name: str, text: str) -> None:
    """Change a source and have it compiled."""
    (files.folder / name).write_text(text)
    command = [files.ghc, "-v0", "-fno-code", "-fwrite-ide-info", "-hiedir", "hie", "-i.", name]
    subprocess.run(command, cwd=files.folder, check=True, timeout=seconds(60))


async def places(index: Index, key: NameKey = F) -> list[str]:
    """Where a name is mentioned, such as `B:3:5`."""
    found = await index.ask(lambda view: queries.mentions(view, [key]))
    return sorted(
        f"{module.name}:{one.span.start_line}:{one.span.start_column}"
        for module, mentioned in found
        for one in mentioned.places
    )


PLACES = ["A:2:1", "A:3:1", "A:4:5", "B:3:5", "B:3:8", "C:3:5"]


def databases(cache: Path) -> list[Path]:
    return sorted(cache.rglob("*.sqlite"))


def modules_in(cache: Path) -> set[str]:
    """The modules in the database on disk."""
    with sqlite3.connect(databases(cache)[-1]) as connection:
        found = {name for (name,) in connection.execute("SELECT name FROM modules")}
    connection.close()
    return found


async def test_all_modules_are_read_and_asked(files: CompiledModules, tmp_path: Path) -> None:
    async with indexed(files, tmp_path) as code:
        assert await places(code.index) == PLACES
    assert modules_in(tmp_path) == {"A", "B", "C"}


async def test_what_was_read_is_not_read_again(
    files: CompiledModules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with indexed(files, tmp_path):
        pass
    # As when a session has its files restored from the cache: the same content with another time.
    for file in files.folder.rglob("*.hie"):
        os.utime(file, (1, 1))
    monkeypatch.setattr(feed, "COMMAND", ("/nothing/to/start",))
    async with indexed(files, tmp_path) as code:
        assert await places(code.index) == PLACES


async def test_changed_and_removed_modules(files: CompiledModules, tmp_path: Path) -> None:
    async with indexed(files, tmp_path) as code:
        compile_again(files, "C.hs", "module C where\nimport A\n\ni = map f\nj = A.f\n")
        (files.folder / "B.hs").unlink()
        (files.folder / "hie" / "B.hie").unlink()
        code.index.changed()
        expected = ["A:2:1", "A:3:1", "A:4:5", "C:4:9", "C:5:5"]
        # At once, and when the index has read it.
        assert [place for place in await places(code.index) if place[0] != "B"] == expected
        await code.index.caught_up()
        assert await places(code.index) == expected
    assert modules_in(tmp_path) == {"A", "C"}


async def test_a_module_with_another_name_takes_the_place_of_the_one_before(
    files: CompiledModules, tmp_path: Path
) -> None:
    async with indexed(files, tmp_path) as code:
        text = "module D where\nimport A\ni = f\n"
        (files.folder / "D.hs").write_text(text)
        compile_again(files, "D.hs", text)
        (files.folder / "C.hs").unlink()
        (files.folder / "hie" / "C.hie").unlink()
        code.index.changed()
        await code.index.caught_up()
        assert "D:3:5" in await places(code.index)
    assert modules_in(tmp_path) == {"A", "B", "D"}


async def test_texts_that_nobody_has_saved_are_known_but_not_kept(files: CompiledModules, tmp_path: Path) -> None:
    path = files.source("C")
    before, after = path.read_text(), "module C where\nimport A\n\ni = f\n"
    async with indexed(files, tmp_path):
        pass
    # GHC has compiled the buffer.
    compile_again(files, "C.hs", after)
    path.write_text(before)
    async with indexed(files, tmp_path, {path: after}) as code:
        assert "C:4:5" in await places(code.index)
        assert "C:3:5" not in await places(code.index)
    with sqlite3.connect(databases(tmp_path)[-1]) as connection:
        stamps = dict(connection.execute("SELECT name, stamp FROM modules"))
    connection.close()
    content = files.read(ModuleKey(UNIT, path))
    assert content
    assert stamps["C"] != content_hash(content)


@pytest.mark.parametrize("damage", ["garbage", "cut", "empty", "rows", "version", "no tables"])
async def test_a_damaged_index_is_made_again_and_that_is_said_once(
    files: CompiledModules, tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with indexed(files, tmp_path):
        pass
    (path,) = databases(tmp_path)
    do_damage(path, damage)
    caplog.set_level(logging.WARNING)
    async with indexed(files, tmp_path) as code:
        assert await places(code.index) == PLACES
        await code.index.caught_up()
        assert await places(code.index) == PLACES
    assert len([record for record in caplog.records if "damaged" in record.message]) == (damage != "empty")
    assert modules_in(tmp_path) == {"A", "B", "C"}


def do_damage(path: Path, damage: str) -> None:
    content = path.read_bytes()
    if damage in {"garbage", "cut", "empty"}:
        kept = {"garbage": b"garbage" * 1000, "cut": content[: len(content) // 2], "empty": b""}[damage]
        path.write_bytes(kept)
        return
    statement = {
        "rows": "UPDATE mentions SET places = x'0101FF02'",
        "version": "PRAGMA user_version = 7",
        "no tables": "DROP TABLE names",
    }[damage]
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()


async def test_two_servers_may_read_into_one_index(files: CompiledModules, tmp_path: Path) -> None:
    async with asyncio.TaskGroup() as group:
        for _ in range(2):
            group.create_task(read_and_ask(files, tmp_path))
    assert modules_in(tmp_path) == {"A", "B", "C"}


async def read_and_ask(files: CompiledModules, cache: Path) -> None:
    async with indexed(files, cache) as code:
        assert await places(code.index) == PLACES


async def test_an_unreadable_file_keeps_no_other_out(files: CompiledModules, tmp_path: Path) -> None:
    (files.folder / "hie" / "A.hie").write_bytes(b"HIE9066\n9.6.6\n and nothing that makes sense")
    async with indexed(files, tmp_path) as code:
        assert await places(code.index) == [place for place in PLACES if place[0] != "A"]
        await code.index.caught_up()
    assert modules_in(tmp_path) == {"B", "C"}


async def test_a_question_waits_for_a_while_and_is_answered_with_what_is_known(
    files: CompiledModules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index never gets to read anything; but what is being edited is looked up all the same."""
    monkeypatch.setattr(feed, "COMMAND", (sys.executable, "-c", "import signal; signal.pause()"))
    monkeypatch.setattr(index, "WAIT_SECONDS", 0.01)
    monkeypatch.setattr(index, "MOST_LOOKED_UP", 2)
    path = files.source("B")
    documents = {path: Document(path, path.read_text(), 1)}
    one = make_index(files, tmp_path, Modules(lambda: [files]), lambda: documents)
    one.changed()
    try:
        assert await places(one) == [place for place in PLACES if place[0] == "B"]
        await until(children, "the process that reads")
    finally:
        await one.close()
    assert children() == []


def children() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "signal.pause()" in "".join(child.cmdline())]


async def test_the_death_of_the_process_is_survived(
    files: CompiledModules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    good = feed.COMMAND
    monkeypatch.setattr(feed, "COMMAND", (sys.executable, "-c", "import sys; sys.stdin.buffer.read(100)"))
    async with indexed(files, tmp_path) as code:
        assert await places(code.index) == PLACES
        monkeypatch.setattr(feed, "COMMAND", good)
        code.index.changed()
        await code.index.caught_up()
        assert modules_in(tmp_path) == {"A", "B", "C"}
    assert "ended with 0 of" in caplog.text


async def test_a_folder_that_cannot_be_written_to_leaves_the_files(
    files: CompiledModules, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "index").write_text("in the way")
    async with indexed(files, tmp_path) as code:
        assert await places(code.index) == PLACES
    assert "cannot be written" in caplog.text


async def test_long_reading_is_shown(files: CompiledModules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Shown] = []

    def begin(title: str) -> Shown:
        shown.append(Shown(title))
        return shown[-1]

    monkeypatch.setattr(index, "WORK_SECONDS", -1)
    one = make_index(files, tmp_path, Modules(lambda: [files]), dict, begin_work=begin)
    one.changed()
    await one.caught_up()
    await one.close()
    assert [work.said for work in shown] == [["Indexing", "1/3 modules", "2/3 modules", "3/3 modules", "end"]]


def test_digests_are_those_of_the_cache() -> None:
    """What a plan says of the `.hie` file of a hit is what the index would find out by reading it."""
    assert content_hash(b"content") == digest_of(b"content")
