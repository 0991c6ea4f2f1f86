"""What a lane decides when splices end badly: taps tell it over their socket, and would read its quarantine."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from attrs import define, field

from tests.support.waiting import until
from thatch.core.diagnostics import Span
from thatch.core.documents import Document
from thatch.core.ghc.lane_interpreter import ALL_MEMORY, SOCKET, LaneInterpreter
from thatch.core.ghc.results import ModuleKey
from thatch.core.iserv import wire
from thatch.core.iserv.launcher import QUARANTINE
from thatch.core.iserv.server_link import ServerLink
from thatch.core.project.graph import ModuleGraph, build_graph
from thatch.core.project.model import Module, Role, Unit
from thatch.core.settings import Settings
from thatch.core.syntax import parse_header

TEXTS = {"Use.hs": "module Use where\nimport Gen\n", "Gen.hs": "module Gen where\n", "Far.hs": "module Far where\n"}
FIRST, SECOND = Span(3, 5, 3, 9), Span(4, 5, 4, 9)


@define
class Lane:
    """A lane's interpreter with one session, and the tap's end of its socket."""

    root: Path
    remarks: list[str] = field(factory=list)
    interpreter: LaneInterpreter = field(init=False)
    link: ServerLink = field(factory=lambda: ServerLink(""))

    def __attrs_post_init__(self) -> None:
        self.interpreter = LaneInterpreter(lambda path: path.read_text("utf-8"), self.remarks.append)

    @property
    def session(self) -> Path:
        return self.root / "session"

    async def listen(self) -> None:
        self.session.mkdir(exist_ok=True)
        self.link.close(0.0)
        await self.interpreter.listen(self.session, lambda _, file: self.root / file)
        self.link = ServerLink(str(self.session / SOCKET))
        await self.settled()

    async def load(self, *frames: bytes) -> bool:
        """A load in which a tap tells this; whether it must be done again."""
        self.interpreter.begin()
        for frame in frames:
            self.link.send(frame)
        await self.settled()
        return self.interpreter.must_begin_anew()

    async def settled(self) -> None:
        """Wait until the server has been told, and has had its answer."""
        waiting = asyncio.create_task(self.interpreter.settled())
        await until(self.link.asked, "the question")
        self.link.send(wire.frame({"event": wire.TOLD}))
        await waiting

    async def quarantine(self, *, known: bool = True, unsaved: dict[Path, str] | None = None) -> None:
        """As after a load that must be done again: a new session follows."""
        modules = [self.root / name for name in TEXTS]
        await self.interpreter.quarantine(graph(self.root) if known else None, modules, unsaved or {})
        await self.interpreter.close()
        await self.listen()

    async def changed(self, *names: str, unsaved: bool = False) -> None:
        """Some files change, and a load begins."""
        documents = {}
        for name in names:
            path = self.root / name
            if unsaved:
                documents[path] = Document(path, "changed", 1)
            else:
                path.write_text("changed")
        await self.interpreter.release_changed(documents)

    @property
    def quarantined(self) -> list[list[int]]:
        """The places of the splices that taps are told not to run."""
        return [entry["span"] for entry in json.loads((self.session / QUARANTINE).read_text())]


@pytest.fixture
async def lane(tmp_path: Path) -> AsyncIterator[Lane]:
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text)
    made = Lane(tmp_path)
    await made.listen()
    yield made
    await made.interpreter.close()
    made.link.close(0.0)


def graph(root: Path) -> ModuleGraph:
    modules = tuple(Module(Path(name).stem, root / name, Role.EXPOSED) for name in TEXTS)
    unit = Unit(
        id="u", component="u:lib", directory=root, flags=(), source_dirs=(root,), package_ids=(), modules=modules
    )
    return build_graph([unit], {root / name: parse_header(text) for name, text in TEXTS.items()})


def place(span: Span = FIRST, name: str = "Use.hs") -> wire.Header:
    numbers = [span.start_line, span.start_column, span.end_line, span.end_column]
    return {"kind": "expression", "file": name, "unit": "u", "module": Path(name).stem, "span": numbers}


def done(span: Span = FIRST, *, stopped: bool, files: tuple[str, ...] = ()) -> bytes:
    more = {"ms": 1.0, "memory": 0, "questions": [], "files": files, "result": -1, "stopped": stopped}
    return wire.frame({"event": wire.SPLICE, **place(span), **more, "failure": "It was too slow."})


def died(*, running: bool) -> bytes:
    return wire.frame({"event": wire.DIED, "cause": "It is gone.", "running": running})


def refused(name: str) -> bytes:
    return wire.frame({"event": wire.REFUSED, **place(name=name), "why": "It is gone."})


STOPPED = (died(running=True), done(stopped=True))


async def test_a_load_whose_interpreter_lives_is_not_repeated(lane: Lane) -> None:
    assert not await lane.load(done(stopped=False))
    assert lane.interpreter.died == ""
    await lane.quarantine()
    assert lane.quarantined == []


async def test_a_stopped_splice_is_quarantined_and_its_load_repeated(lane: Lane) -> None:
    assert await lane.load(done(SECOND, stopped=False), *STOPPED)
    assert lane.interpreter.died == "It is gone."
    await lane.quarantine()
    assert lane.quarantined == [[3, 5, 3, 9]]
    (entry,) = json.loads((lane.session / QUARANTINE).read_text())
    assert (entry["unit"], entry["module"]) == ("u", "Use")
    assert entry["message"].startswith("It was too slow.\nIt is run again when ")
    # The next load is done with it.
    assert not await lane.load(refused("Use.hs"))


async def test_every_splice_that_is_stopped_is_a_reason_to_go_on(lane: Lane) -> None:
    assert await lane.load(*STOPPED)
    await lane.quarantine()
    assert await lane.load(died(running=True), done(SECOND, stopped=True))
    await lane.quarantine()
    assert lane.quarantined == [[3, 5, 3, 9], [4, 5, 4, 9]]


async def test_an_interpreter_that_goes_for_no_known_reason_is_replaced_once(lane: Lane) -> None:
    assert await lane.load(died(running=False))
    assert not await lane.load(died(running=False))
    # Once a load went well, or for a reason that is known, it is tried again.
    assert not await lane.load()
    assert await lane.load(died(running=False))
    assert await lane.load(*STOPPED)


@pytest.mark.parametrize("unsaved", [False, True])
@pytest.mark.parametrize(("name", "left"), [("Use.hs", 0), ("Gen.hs", 0), ("data.txt", 0), ("Far.hs", 1)])
async def test_only_what_a_splice_can_see_releases_it(lane: Lane, name: str, left: int, unsaved: bool) -> None:
    (lane.root / "data.txt").write_text("data")
    await lane.load(died(running=True), done(stopped=True, files=("data.txt",)))
    await lane.quarantine()
    await lane.changed()
    assert len(lane.quarantined) == 1
    await lane.changed(name, unsaved=unsaved)
    assert len(lane.quarantined) == left


async def test_without_a_graph_every_module_releases(lane: Lane) -> None:
    await lane.load(*STOPPED)
    await lane.quarantine(known=False)
    assert len(lane.quarantined) == 1
    await lane.changed("Far.hs")
    assert lane.quarantined == []


async def test_what_a_buffer_held_counts_as_seen(lane: Lane) -> None:
    await lane.load(*STOPPED)
    await lane.quarantine(unsaved={lane.root / "Gen.hs": "changed"})
    await lane.changed("Gen.hs", unsaved=True)
    assert len(lane.quarantined) == 1
    # The buffer is given up, and the file counts again.
    await lane.changed()
    assert lane.quarantined == []


async def test_the_user_releases_one_splice(lane: Lane) -> None:
    await lane.load(died(running=True), done(stopped=True), done(SECOND, stopped=True))
    await lane.quarantine()
    assert not lane.interpreter.release(lane.root / "Far.hs", FIRST)
    assert lane.interpreter.release(lane.root / "Use.hs", FIRST)
    assert not lane.interpreter.release(lane.root / "Use.hs", FIRST)
    assert lane.quarantined == [[4, 5, 4, 9]]


async def test_a_release_without_a_session_counts_for_the_next(lane: Lane) -> None:
    await lane.load(*STOPPED)
    await lane.quarantine()
    await lane.interpreter.close()
    assert lane.interpreter.release(lane.root / "Use.hs", FIRST)
    await lane.listen()
    assert lane.quarantined == []


async def test_refused_are_the_modules_that_are_not_to_blame(lane: Lane) -> None:
    await lane.load(*STOPPED, refused("Use.hs"), refused("Far.hs"))
    far = ModuleKey("u", lane.root / "Far.hs")
    assert lane.interpreter.refused == {far}
    await lane.quarantine()
    await lane.load(refused("Use.hs"))
    assert lane.interpreter.refused == set()


async def test_a_splice_that_takes_long_is_remarked(lane: Lane) -> None:
    await lane.load(wire.frame({"event": wire.RUNNING, **place(), "ms": 700.0}))
    assert lane.remarks == ["Use:3: a splice is running"]


def test_limits_come_from_the_settings(tmp_path: Path) -> None:
    interpreter = LaneInterpreter(str, str)
    limited = interpreter.options(tmp_path, Settings(splices_seconds=3.0, splices_memory_mb=5), replays=False)
    assert (limited.seconds, limited.memory, limited.socket) == (3.0, 5 * 2**20, tmp_path / SOCKET)
    assert not limited.replays
    unlimited = interpreter.options(tmp_path, Settings(splices_memory_mb=0), replays=True)
    assert (unlimited.memory, unlimited.replays) == (ALL_MEMORY, True)
