"""One GHC session that holds a home set and sees all else as packages: it is told texts, and says what they mean."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from attrs import evolve, field, frozen

from thatch.core.artifacts import Job
from thatch.core.diagnostics import Diagnostic, Severity, Span
from thatch.core.edit.edit_unit import EditIds, edit_flags
from thatch.core.edit.records import encoded
from thatch.core.ghc.flags import Making
from thatch.core.ghc.lane_interpreter import LaneInterpreter
from thatch.core.ghc.open_session import OpenSession, open_session
from thatch.core.ghc.output import Output
from thatch.core.ghc.output_parser import OutputParser
from thatch.core.ghc.results import ModuleKey, Results, Stamp
from thatch.core.ghc.session_files import View
from thatch.core.ghc.stamps import file_stamp, text_stamp
from thatch.core.iserv.events import Place
from thatch.core.iserv.launcher import write_replays
from thatch.core.project.graph import ModuleGraph
from thatch.core.project.model import Module, Role, Unit
from thatch.core.project.resolve import ModuleId
from thatch.core.settings import Settings
from thatch.core.splices.records import Record
from thatch.core.text import LineIndex

log = logging.getLogger(__name__)

INTERFACES = "interfaces"


@frozen
class Facts:
    """What GHC wrote about a module, with the names that it would have in the project's session."""

    stamp: str
    hie: bytes = field(repr=False)
    interface: bytes = field(repr=False)


@frozen
class Checked:
    """What GHC said about the home set."""

    diagnostics: Mapping[Path, tuple[Diagnostic, ...]]
    """As GHC said them, not as flags judge them; nothing about texts that are others by now."""

    facts: Mapping[ModuleKey, Facts]
    """Of the modules that were compiled and came to an end."""


@frozen
class Refused:
    """A module whose splices could not be replayed."""

    stamp: str
    """That of the text that was checked."""

    record: Record | None
    """What was known of its splices."""


@frozen
class Home:
    """What a session is made for."""

    job: Job
    """The whole project; the buffers in it do not matter here."""

    graph: ModuleGraph
    modules: frozenset[ModuleId]
    ids: EditIds

    needs_code: bool
    """As in `HomeSet`."""

    plugins: bool
    """As in `Look`."""

    def units(self) -> tuple[Unit, ...]:
        """The units that have modules in the home set, with these modules only."""
        held: dict[str, list[Module]] = {}
        for module in self.graph.nodes:
            if module in self.modules and not module.boot:
                held.setdefault(module.unit, []).append(self.graph.nodes[module].module)
        units = [unit for unit in self.job.project.units if unit.id in held]
        return tuple(evolve(unit, modules=tuple(held[unit.id])) for unit in units)

    def flags(self) -> dict[str, list[str]]:
        """The flags of each of these units."""
        exposed: dict[str, list[str]] = {unit.id: [] for unit in self.job.project.units}
        for module in self.graph.nodes:
            role = self.graph.nodes[module].module.role
            if role is not Role.OTHER and not module.boot:
                exposed[module.unit].append(module.name)
        units = self.units()
        held = [unit.id for unit in units]
        return {unit.id: edit_flags(unit, self.job.flags[unit.id], held, exposed, self.ids) for unit in units}

    def key(self, module: ModuleId) -> ModuleKey:
        """The key of one of the modules."""
        return ModuleKey(module.unit, self.graph.path(module))


class EditSession:
    """A GHC session over one home set; whoever starts it stops it."""

    def __init__(self, home: Home, folder: Path, settings: Settings) -> None:
        """Describe the session; `folder` is a private one that does not exist yet."""
        self.home = home
        self._units = home.units()
        self._folder = folder
        self._settings = settings
        self._results = Results()
        self._open: OpenSession | None = None
        self._texts: Mapping[Path, str] = {}
        self._interpreter = LaneInterpreter(lambda path: self._texts.get(path, ""), lambda _: None)
        self._records: Mapping[ModuleKey, Record] = {}
        self._facts: dict[ModuleKey, Facts] = {}

    @property
    def pid(self) -> int | None:
        """The process id of GHC, if it runs."""
        return self._open.ghc.pid if self._open else None

    @property
    def sandboxed(self) -> bool:
        """Whether it runs in a sandbox."""
        return self._open is not None and self._open.sandboxed

    async def start(
        self, database: Path, texts: Mapping[Path, str], records: Mapping[ModuleKey, Record]
    ) -> Checked | None:
        """Start GHC, which checks the texts of all modules of the home set; see `check`."""
        job = self.home.job
        self._open = await open_session(
            self._folder,
            self._folder / INTERFACES,
            evolve(job.project, units=self._units),
            job.toolchain.without_interpreters() if self.home.plugins else job.toolchain,
            self._settings,
            self._interpreter,
            unit_flags=self.home.flags(),
            view=View(database, self.home.ids.by_unit, Making.CODE if self.home.needs_code else Making.MESSAGES),
        )
        return await self.check(texts, records)

    async def check(self, texts: Mapping[Path, str], records: Mapping[ModuleKey, Record]) -> Checked | None:
        """Have GHC check these texts, by path one for each module; None when `interrupt` cut it short.

        `records` are those of the splices in modules of the home set.
        Raises `SessionError` when GHC dies, OSError when its folder cannot be written.  Cancelling ends the session.
        """
        assert self._open
        session, overlay = self._open.ghc, self._open.files.overlay
        self._texts = texts
        await asyncio.to_thread(overlay.write, texts)
        if records != self._records:
            await asyncio.to_thread(self._write_records, records)
        sole_unit = self._units[0].id if len(self._units) == 1 else ""
        self._results.begin(sole_unit)
        self._interpreter.begin()
        parser = OutputParser(overlay.user_path)
        hear = self._hearing(parser, sole_unit)
        if session.pid is None:
            await session.start(hear)
        else:
            await session.command(":reload", hear)
        self._take(parser.finish(), sole_unit)
        await self._interpreter.settled()
        complete = self._results.ended or not session.cut_short
        compiled = self._results.end(await asyncio.to_thread(self._stamps), complete=complete)
        if not complete:
            return None
        self._facts |= await asyncio.to_thread(self._read, compiled)
        self._results.supersede(await asyncio.to_thread(self._sources))
        return Checked(self._results.diagnostics(), dict(self._facts))

    def interrupt(self) -> None:
        """End a running check."""
        if self._open is not None:
            self._open.ghc.interrupt()

    @property
    def refused(self) -> Mapping[ModuleKey, Refused]:
        """The modules with splices of which there was no record that holds, in the latest check."""
        restored = self.home.ids.restored
        found = self._interpreter.refused | self._misled()
        keys = [ModuleKey(restored(key.unit), key.path) for key in found]
        return {key: Refused(text_stamp(self._texts.get(key.path, "")), self._records.get(key)) for key in keys}

    def _misled(self) -> set[ModuleKey]:
        """The modules with errors in code that would be run for a splice.

        GHC defers these errors, so that running the code gives another one in their place.
        """
        said = self._results.diagnostics()
        return {
            ModuleKey(place.unit, place.path)
            for place in self._interpreter.replayed
            if any(one.severity is Severity.ERROR and self._is_own(one.span, place) for one in said.get(place.path, ()))
        }

    def _is_own(self, span: Span | None, place: Place) -> bool:
        """Whether an error there is one of a splice's code, and none of what it gave, which stands for all of it.

        What a typed splice gives has no errors.
        """
        if span == place.span:
            text = self._texts.get(place.path, "")
            return text.endswith("$$", 0, LineIndex(text).ghc_offset(span.start_line, span.start_column))
        return span is not None and _lies_in(span, place.span)

    async def stop(self) -> None:
        """End GHC and remove the folder; safe in every state."""
        if self._open is not None:
            await self._open.close()

    def _hearing(self, parser: OutputParser, sole_unit: str) -> Callable[[str], None]:
        restored = self.home.ids.restored

        def hear(line: str) -> None:
            self._take(parser.feed(restored(line)), sole_unit)

        return hear

    def _take(self, outputs: Iterable[Output], sole_unit: str) -> None:
        for output in outputs:
            self._results.take(output)

    def _write_records(self, records: Mapping[ModuleKey, Record]) -> None:
        home = self.home
        write_replays(self._folder, encoded(records, home.modules, home.graph, home.ids))
        self._records = records

    def _stamps(self) -> dict[ModuleKey, Stamp]:
        return {
            key: Stamp(
                text_stamp(self._texts[key.path]) if key.path in self._texts else "", file_stamp(self._file(key))
            )
            for key in self._results.to_stamp()
        }

    def _sources(self) -> dict[ModuleKey, str]:
        keys = self._results.written()
        return {key: text_stamp(self._texts[key.path]) for key in keys if key.path in self._texts}

    def _read(self, compiled: Iterable[ModuleKey]) -> dict[ModuleKey, Facts]:
        found = {}
        restored = self.home.ids.restored_bytes
        for key in compiled:
            file = self._file(key)
            hie = file.with_suffix(file.suffix.replace(".hi", ".hie"))
            with suppress(OSError):
                facts = Facts(file_stamp(hie), restored(hie.read_bytes()), restored(file.read_bytes()))
                found[key] = facts
        return found

    def _file(self, key: ModuleKey) -> Path:
        return self._folder / INTERFACES / key.unit / self._results.interfaces[key]


def _lies_in(span: Span, other: Span) -> bool:
    start = (span.start_line, span.start_column) >= (other.start_line, other.start_column)
    return start and (span.end_line, span.end_column) <= (other.end_line, other.end_column)
