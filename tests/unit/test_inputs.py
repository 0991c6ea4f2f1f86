"""Files that modules were made from: told of once for each change of their content, and only while they are known."""

import asyncio
import os
from pathlib import Path

import pytest

from tests.support.waiting import until
from thatch.core.inputs import InputWatch, file_hash


class Told:
    """What a watch tells."""

    def __init__(self) -> None:
        self.batches: list[frozenset[Path]] = []
        self.watch = InputWatch(self.batches.append, poll_seconds=0.001)

    async def until(self, n: int) -> None:
        await until(lambda: len(self.batches) >= n, lambda: str(self.batches))


def put(path: Path, text: str | None) -> None:
    """Give a file another text, or none, in one step: it must not be seen empty in between."""
    if text is None:
        path.unlink()
    else:
        fresh = path.with_suffix(".new")
        fresh.write_text(text)
        fresh.replace(path)


async def turns(watch: InputWatch) -> None:
    """Let it look at every file at least once from the start."""
    looks = 0
    look = watch._look

    def counted(files: dict[Path, str]) -> list[Path]:
        nonlocal looks
        looks += 1
        return look(files)

    watch._look = counted  # type: ignore[method-assign,assignment]
    await until(lambda: looks >= 2, lambda: "no second look")


@pytest.fixture
def words(tmp_path: Path) -> Path:
    path = tmp_path / "words.txt"
    path.write_text("one")
    return path


async def test_each_change_is_told_once(words: Path) -> None:
    told = Told()
    told.watch.watch({words: file_hash(words)})
    await turns(told.watch)
    os.utime(words, (1, 1))
    await turns(told.watch)
    assert told.batches == []
    put(words, "two!")
    await told.until(1)
    await turns(told.watch)
    put(words, None)
    await told.until(2)
    await turns(told.watch)
    assert told.batches == [frozenset({words})] * 2
    await told.watch.stop()


async def test_what_changed_before_the_first_look_is_told(words: Path) -> None:
    told = Told()
    known = file_hash(words)
    put(words, "two!")
    told.watch.watch({words: known})
    await told.until(1)
    # Now a result is known that was made from the new text.
    told.watch.watch({words: file_hash(words)})
    await turns(told.watch)
    assert len(told.batches) == 1
    await told.watch.stop()
    await told.watch.stop()


async def test_nothing_runs_without_files(words: Path) -> None:
    told = Told()
    told.watch.watch({})
    assert told.watch._task is None
    told.watch.watch({words: file_hash(words)})
    told.watch.watch({})
    await until(lambda: told.watch._task is None, lambda: "still at it")
    told.watch.watch({words: ""})
    await told.until(1)
    await told.watch.stop()
    assert len(asyncio.all_tasks()) == 1
