"""Who looks at the texts of open documents: one at a time, the newest of each, and only what is open is spoken of."""

import asyncio
from pathlib import Path

from attrs import frozen

from tests.support.waiting import until
from thatch.core.diagnostics import Span
from thatch.core.errors import ThatchError
from thatch.core.tools.inspector import Inspector

PATH = Path("/p/A.hs")


@frozen
class Word:
    """The first word of a text that is looked at."""

    span: Span | None
    text: str


class Slow(Inspector[Word]):
    """Looks at a text for as long as the test likes."""

    def __init__(self) -> None:
        self.told: list[Path] = []
        self.seen: list[str] = []
        self.goes_on = asyncio.Event()
        super().__init__("slow", self.told.append)

    async def inspect(self, path: Path, text: str) -> tuple[Word, ...]:
        self.seen.append(text)
        await self.goes_on.wait()
        if text == "broken":
            raise ThatchError(message="It is broken.")
        return tuple(Word(Span(n, 1, n, 1 + len(word)), word) for n, word in enumerate(text.split("\n"), 1) if word)

    def words(self, text: str) -> list[str]:
        return [f"{one.span.start_line} {one.text}" for one in self.remarks(PATH, text) if one.span]


async def test_the_newest_text_wins() -> None:
    slow = Slow()
    slow.look(PATH, "one")
    await until(lambda: slow.seen, "the first look")
    for text in ("two", "three", "four"):
        slow.look(PATH, text)
    slow.goes_on.set()
    await until(lambda: len(slow.told) == 2, "what is told")
    assert slow.seen == ["one", "four"]
    assert slow.words("four") == ["1 four"]
    slow.look(PATH, "four")
    await until(lambda: len(slow.seen) == 3, "another look")
    slow.look(PATH, "broken")
    await until(lambda: len(slow.told) == 3, "what is told")
    assert slow.words("broken") == []
    await slow.close()
    await slow.close()


async def test_what_is_said_moves_with_the_text() -> None:
    slow = Slow()
    assert slow.is_idle
    slow.goes_on.set()
    slow.look(PATH, "one\ntwo")
    await until(lambda: slow.told, "what is told")
    assert slow.words("new\none\ntwo") == ["2 one", "3 two"]
    assert slow.words("one\nthree") == ["1 one"]
    assert slow.fresh(PATH, "one\nthree") == ()
    assert [one.text for one in slow.fresh(PATH, "one\ntwo")] == ["one", "two"]
    slow.forget(PATH)
    assert slow.words("one\ntwo") == []
    await slow.close()


async def test_nothing_is_said_of_what_was_closed_meanwhile() -> None:
    slow = Slow()
    slow.look(PATH, "one")
    await until(lambda: slow.seen, "the look")
    slow.forget(PATH)
    slow.look(PATH.with_name("B.hs"), "two")
    slow.goes_on.set()
    await until(lambda: slow.told, "what is told")
    assert slow.told == [PATH.with_name("B.hs")]
    await slow.close()


async def test_an_edit_waits_until_the_text_is_left_alone() -> None:
    slow = Slow()
    slow.goes_on.set()
    slow.look(PATH, "one", pause=1000)
    slow.look(PATH, "two", pause=0.01)
    await until(lambda: slow.told, "what is told")
    assert slow.seen == ["two"]
    await slow.close()
