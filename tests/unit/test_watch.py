"""Changes of real files on disk arrive in batches on the loop."""

import asyncio
import errno
import shutil
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from watchdog.observers import Observer
from watchdog.observers.api import ObservedWatch

from tests.support.waiting import until
from thatch.core import watch
from thatch.core.watch import Watcher, is_watched


class Heard:
    """What a watcher told, and a way to wait for it."""

    def __init__(self) -> None:
        self.batches: list[frozenset[Path]] = []
        self.troubles: list[str] = []
        self._news = asyncio.Event()

    @property
    def paths(self) -> frozenset[Path]:
        return frozenset().union(*self.batches)

    def take(self, batch: frozenset[Path]) -> None:
        self.batches.append(batch)
        self._news.set()

    async def until(self, condition: Callable[[frozenset[Path]], object]) -> None:
        await until(lambda: bool(condition(self.paths)), lambda: f"more than {self.batches}", changed=self._news)

    async def hear(self, path: Path) -> None:
        await self.until(lambda paths: path in paths)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    for name in ("src/Deep", "app", ".git/objects", "dist-newstyle/cache", "pkg/node_modules", "pkg/lib"):
        (folder / name).mkdir(parents=True)
    (folder / "src/A.hs").write_text("module A where")
    return folder


@pytest_asyncio.fixture
async def heard(root: Path) -> AsyncIterator[Heard]:
    heard = Heard()
    watcher = Watcher([root], heard.take, heard.troubles.append)
    await watcher.start()
    yield heard
    await watcher.stop()
    assert heard.troubles == []


async def test_created_changed_and_deleted_files_are_told(root: Path, heard: Heard) -> None:
    for change in (
        lambda: (root / "src/Deep/B.hs").write_text("b"),
        lambda: (root / "src/Deep/B.hs").write_text("bb"),
        (root / "src/Deep/B.hs").unlink,
    ):
        heard.batches.clear()
        change()
        await heard.hear(root / "src/Deep/B.hs")


async def test_a_rename_tells_both_paths(root: Path, heard: Heard) -> None:
    (root / "src/A.hs").rename(root / "src/B.hs")
    await heard.until(lambda paths: {root / "src/A.hs", root / "src/B.hs"} <= paths)


async def test_an_atomic_save_is_one_change(root: Path, heard: Heard) -> None:
    temporary = root / "src/.A.hs.swp"
    temporary.write_text("new")
    temporary.rename(root / "src/A.hs")
    await heard.hear(root / "src/A.hs")
    assert heard.batches == [frozenset({root / "src/A.hs"})]


async def test_a_branch_switch_is_one_batch(root: Path, heard: Heard) -> None:
    files = [root / f"src/Deep/M{number}.hs" for number in range(300)]
    for file in files:
        file.write_text("module M where")
    (root / ".git/HEAD.lock").write_text("ref: refs/heads/other")
    (root / ".git/HEAD.lock").rename(root / ".git/HEAD")
    await heard.until(lambda paths: {*files, root / ".git/HEAD"} <= paths)
    assert max(map(len, heard.batches)) > 100
    assert heard.paths == {*files, root / ".git/HEAD"}


async def test_ignored_folders_are_not_told_of(root: Path, heard: Heard) -> None:
    for name in (".git/index", "dist-newstyle/cache/x.hs", "pkg/node_modules/y.hs", "src/A.hs~", "src/#A.hs#"):
        (root / name).write_text("x")
    (root / "pkg/lib/Z.hs").write_text("z")
    await heard.hear(root / "pkg/lib/Z.hs")
    assert heard.paths == {root / "pkg/lib/Z.hs"}


async def test_new_folders_are_watched(root: Path, heard: Heard) -> None:
    # The project folder itself cannot be watched recursively, as it holds ignored folders.
    (root / "new/deep").mkdir(parents=True)
    (root / "new/deep/A.hs").write_text("a")
    await heard.hear(root / "new/deep/A.hs")
    (root / "new/deep/B.hs").write_text("b")
    await heard.hear(root / "new/deep/B.hs")


async def test_a_folder_that_was_replaced_is_watched_on(root: Path, heard: Heard) -> None:
    shutil.rmtree(root / "src")
    await heard.hear(root / "src")
    (root / "src").mkdir()
    (root / "src/A.hs").write_text("again")
    await heard.hear(root / "src/A.hs")
    heard.batches.clear()
    (root / "src/C.hs").write_text("c")
    await heard.hear(root / "src/C.hs")


async def test_a_vanished_root_is_watched_again_when_it_is_back(
    root: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "POLL_SECONDS", 0.01)
    shutil.rmtree(root)
    await heard.hear(root)
    heard.batches.clear()
    (root / "src").mkdir(parents=True)
    await heard.hear(root)
    heard.batches.clear()
    (root / "src/A.hs").write_text("a")
    await heard.hear(root / "src/A.hs")


async def test_a_folder_that_does_not_exist_yet_is_awaited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "POLL_SECONDS", 0.01)
    heard, root = Heard(), tmp_path / "later"
    watcher = Watcher([root], heard.take, heard.troubles.append)
    await watcher.start()
    root.mkdir()
    await heard.hear(root)
    await watcher.stop()


async def test_stop_leaves_no_thread_and_tells_nothing_more(root: Path) -> None:
    before = set(threading.enumerate())
    heard = Heard()
    watcher = Watcher([root], heard.take, heard.troubles.append)
    await watcher.start()
    (root / "src/A.hs").write_text("pending")
    await watcher.stop()
    await watcher.stop()
    left = {thread for thread in threading.enumerate() if not thread.name.startswith("asyncio")} - before
    assert left == set()
    assert heard.batches == []


async def test_a_cancelled_start_leaves_no_thread(root: Path) -> None:
    before = set(threading.enumerate())
    heard = Heard()
    starting = asyncio.create_task(Watcher([root], heard.take, heard.troubles.append).start())
    await asyncio.wait([starting], timeout=0)
    starting.cancel()
    await asyncio.wait([starting])
    assert starting.cancelled()
    left = {thread for thread in threading.enumerate() if not thread.name.startswith("asyncio")} - before
    assert left == set()


class NoInstances:
    """An observer on a system without inotify instances left."""

    def __init__(self) -> None:
        raise OSError(errno.EMFILE, "inotify instance limit reached")


class NoWatches(Observer):  # type: ignore[misc]
    """An observer that gets the watches it asks for first, and none later."""

    def schedule(self, *args: object, **kwargs: object) -> ObservedWatch:
        if "thatch-watch-" in str(args[1]):
            raise OSError(errno.ENOSPC, "inotify watch limit reached")
        return super().schedule(*args, **kwargs)


@pytest.mark.parametrize("observer", [NoInstances, NoWatches])
async def test_exhausted_limits_lead_to_polling(root: Path, observer: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(watch, "Observer", observer)
    heard = Heard()
    watcher = Watcher([root], heard.take, heard.troubles.append)
    await watcher.start()
    assert ["max_user_watches" in trouble for trouble in heard.troubles] == [True]
    (root / "src/Deep/B.hs").write_text("b")
    await heard.hear(root / "src/Deep/B.hs")
    await watcher.stop()


async def test_a_folder_with_very_many_ignored_folders_is_split_coarsely(tmp_path: Path) -> None:
    for number in range(watch.MOST_WATCHES):
        (tmp_path / f"packages/p{number}/.stack-work").mkdir(parents=True)
    before = threading.active_count()
    heard = Heard()
    watcher = Watcher([tmp_path], heard.take, heard.troubles.append)
    await watcher.start()
    assert threading.active_count() - before < 10
    (tmp_path / "packages/p3/.stack-work/x.hs").write_text("x")
    (tmp_path / "packages/p3/A.hs").write_text("a")
    await heard.hear(tmp_path / "packages/p3/A.hs")
    await watcher.stop()
    assert heard.paths == {tmp_path / "packages/p3/A.hs"}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("src/A.hs", True),
        (".ghci", True),
        (".git/HEAD", True),
        ("vendor/x/.git/HEAD", True),
        (".git/refs/HEAD", False),
        ("dist-newstyle/a/.git/HEAD", False),
        (".cache/a", False),
        ("a/4913", False),
        ("a/.#A.hs", False),
        ("a/A.hs___jb_tmp___", False),
    ],
)
def test_what_is_worth_telling(name: str, told: bool) -> None:
    # The watched folder itself may lie in a hidden one.
    root = Path("/home/me/.hidden/project")
    assert is_watched(root / name, root) is told


@given(st.lists(st.sampled_from(["src", ".git", "dist-newstyle", "HEAD", "A.hs", "x~"]), min_size=1))
def test_nothing_in_a_folder_that_is_not_told_of_is_told(parts: list[str]) -> None:
    root = Path("/project")
    folder = root.joinpath(*parts)
    if folder.name != ".git" and not is_watched(folder, root, is_folder=True):
        assert not is_watched(folder / "A.hs", root)
