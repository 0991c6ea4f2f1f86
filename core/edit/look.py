"""What the open buffers are at one moment: of which modules, what a session must hold, what is known of its splices."""

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from attrs import field, frozen

from thatch.core.artifacts import Job
from thatch.core.documents import Document, read_text
from thatch.core.edit.edit_session import Refused
from thatch.core.edit.edit_unit import EditIds
from thatch.core.edit.home_set import NOTHING, HomeSet, Modules, home_set
from thatch.core.edit.records import SpliceRecords
from thatch.core.edit.view import View
from thatch.core.ghc.lane_replays import may_splice
from thatch.core.ghc.plugins import any_uses_plugins
from thatch.core.ghc.pragmas import options_of, voiced
from thatch.core.ghc.results import ModuleKey
from thatch.core.ghc.stamps import text_stamp
from thatch.core.project.graph import ModuleGraph
from thatch.core.project.resolve import ModuleId
from thatch.core.splices.records import Record
from thatch.core.syntax import Header, parse_header

MOST_ANSWERS = 8
"""How many home sets are remembered."""


@frozen
class Known:
    """What the project lane has found out."""

    job: Job
    graph: ModuleGraph
    ids: EditIds

    beyond: Modules
    """The modules of units that cannot be home units of edit sessions, and those with splices that none can follow."""

    failed: frozenset[Path]
    """The files that could not be compiled as they were last loaded, whatever interfaces there are of older texts."""


@frozen
class Look:
    """What the open buffers are at one moment, compared with what the view was made from."""

    graph: ModuleGraph
    """With the imports that the buffers have."""

    dirty: Mapping[ModuleId, str]
    """The modules whose text is another one, with its stamp."""

    opened: Modules

    unsaved: Mapping[Path, str]
    """The stamps of texts that are not those of their files."""

    strangers: bool
    """Whether sources of the project are among them that are no module of it yet."""

    wanted: HomeSet

    records: Mapping[ModuleKey, Record]
    """Of the splices in home modules, and in those of the sessions that there are."""

    without: Modules
    """The modules with splices that have none, so that no session should hold them."""

    plugins: bool
    """Whether GHC loads plugins, of which it must find the code, and runs splices by itself."""

    documents: Mapping[Path, Document] = field(repr=False)


@frozen
class Headed:
    """A graph with other heads of some modules."""

    graph: ModuleGraph
    plugins: bool
    """As in `Look`."""

    splicing: Modules
    """The modules that could have splices, where GHC would run these."""

    @classmethod
    def of(cls, known: Known, headers: Mapping[ModuleId, Header]) -> "Headed":
        """What is known, with these heads."""
        graph, flags = known.graph, known.job.flags
        for module, header in headers.items():
            graph = graph.with_header(module, header)
        nodes = graph.nodes
        plugins = any_uses_plugins(flags, (node.header for node in nodes.values()))
        splicing = (one for one, node in nodes.items() if plugins and may_splice(node.header, flags.get(one.unit, ())))
        return cls(graph, plugins, frozenset(splicing))


class Looker:
    """Looks at the buffers of one project; remembers what need not be worked out again."""

    def __init__(self, view: View, is_stranger: Callable[[Path], bool]) -> None:
        """`is_stranger` tells whether a file that is no module may belong to the project."""
        self.records = SpliceRecords()
        self.refused: dict[ModuleKey, Refused] = {}
        """The modules with splices that no record held for, with their texts then."""
        self._view = view
        self._is_stranger = is_stranger
        self._headed: tuple[ModuleGraph, Mapping[ModuleId, Header], Headed] | None = None
        """A graph, heads of modules, and what comes of both."""
        self._home_sets: dict[object, HomeSet] = {}

    def forget_home_sets(self) -> None:
        """The view is another one."""
        self._home_sets.clear()

    def look(
        self,
        known: Known,
        documents: Mapping[Path, Document],
        barred: Collection[ModuleKey],
        spliced: frozenset[ModuleKey],
        held: Modules,
        *,
        replays: bool,
        hopeless: bool,
    ) -> Look:
        """Blocking; only one thread at a time may look.

        Modules that are `barred` are left to the project lane; `spliced` are those that are known to have splices,
        and `held` those that sessions hold.  Without `replays` no splice has a record; when it is `hopeless` all is
        left to the project lane.
        """
        headers: dict[ModuleId, Header] = {}
        dirty: dict[ModuleId, str] = {}
        opened: set[ModuleId] = set()
        unsaved: dict[Path, str] = {}
        strangers = False
        for path, document in documents.items():
            modules = known.graph.at(path)
            opened.update(modules)
            stamp = text_stamp(document.text)
            if read_text(path) != document.text:
                unsaved[path] = stamp
            # What the project lane says of a file may be about a text that was never compiled.
            other = path in known.failed or path in unsaved
            changed = [module for module in modules if other or self._view.source(module) != stamp]
            dirty |= dict.fromkeys(changed, stamp)
            if changed:
                header = parse_header(document.text, literate=path.suffix == ".lhs")
                headers |= dict.fromkeys(changed, header)
            strangers |= not modules and path in unsaved and self._is_stranger(path)
        headed = self._with_headers(known, headers)
        graph = headed.graph
        beyond = _among(graph, barred) | known.beyond | headed.splicing
        wanted = self._home_set(graph, frozenset(dirty), frozenset(opened), beyond)
        made = _among(graph, spliced | self.refused.keys()) & (wanted.home | held)
        records = self._records_of(made, graph, dirty, documents) if replays else {}
        without = made - _among(graph, records)
        if not without.isdisjoint(wanted.home):
            wanted = self._home_set(graph, frozenset(dirty), frozenset(opened), beyond | without)
        if hopeless:
            wanted = _left(wanted)
        plugins = headed.plugins
        return Look(graph, dirty, frozenset(opened), unsaved, strangers, wanted, records, without, plugins, documents)

    def _records_of(
        self, modules: Modules, graph: ModuleGraph, dirty: Mapping[ModuleId, str], documents: Mapping[Path, Document]
    ) -> dict[ModuleKey, Record]:
        """The records of modules with splices, of those that can do with theirs."""
        records = {}
        for module in modules:
            key = ModuleKey(module.unit, graph.path(module))
            text = text_of(key.path, documents)
            record = self.records.of(module, key.path, text, graph, dirty)
            refused = self.refused.get(key)
            # What was refused is tried again with another text when more is known.
            again = refused is None or (
                record is not refused.record and text_stamp(shown(text, key.path)) != refused.stamp
            )
            if record is not None and again:
                records[key] = record
        return records

    def _with_headers(self, known: Known, headers: Mapping[ModuleId, Header]) -> Headed:
        """What comes of the heads of buffers; the same while these are."""
        if self._headed is None or self._headed[:2] != (known.graph, headers):
            self._headed = known.graph, headers, Headed.of(known, headers)
        return self._headed[2]

    def _home_set(self, graph: ModuleGraph, dirty: Modules, opened: Modules, beyond: Modules) -> HomeSet:
        if not opened:
            return NOTHING
        question = (graph, dirty, opened, beyond)
        if question not in self._home_sets:
            if len(self._home_sets) >= MOST_ANSWERS:
                self._home_sets.clear()
            self._home_sets[question] = self._new_home_set(graph, dirty, opened, beyond)
        return self._home_sets[question]

    def _new_home_set(self, graph: ModuleGraph, dirty: Modules, opened: Modules, beyond: Modules) -> HomeSet:
        wanted = home_set(graph, dirty, opened, beyond)
        needed = graph.dependencies(wanted.home) - wanted.home
        missing = self._view.place(module for module in needed if not module.boot)
        return _left(wanted) if missing else wanted


def _left(wanted: HomeSet) -> HomeSet:
    """What remains of a home set when no session can hold it."""
    return HomeSet(frozenset(), frozenset(), wanted.out, wanted.affected | wanted.left)


def text_of(path: Path, documents: Mapping[Path, Document]) -> str:
    """The text of a buffer, else of its file; empty if there is none."""
    document = documents.get(path)
    return document.text if document else read_text(path) or ""


def shown(text: str, path: Path) -> str:
    """A text as GHC must see it so that it hides no error."""
    said = voiced(text, options_of(text, path))
    return text if said is None else said


def _among(graph: ModuleGraph, keys: Iterable[ModuleKey]) -> Modules:
    """The modules of a graph by their keys."""
    return frozenset(module for key in keys for module in graph.at(key.path) if module.unit == key.unit)
