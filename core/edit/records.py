"""What is known of the splices of modules that are edited, and with what code they ran; pure."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from thatch.core.artifacts import content_hash
from thatch.core.edit.edit_unit import EditIds
from thatch.core.ghc.results import ModuleKey
from thatch.core.project.graph import ModuleGraph
from thatch.core.project.resolve import ModuleId
from thatch.core.splices.records import Record, encoded_runs, head_of, recorded
from thatch.core.splices.runs import FileSplices

if TYPE_CHECKING:
    from thatch.core.iserv.replay import Records

MOST_RECORDS = 8
"""How many records are kept of a module."""


class Code:
    """The code of the modules of one graph."""

    def __init__(self, graph: ModuleGraph, digest: Callable[[ModuleId], str]) -> None:
        """`digest` gives the hash of a module's interface, which holds its code; empty where there is none."""
        self._graph = graph
        self._digest = digest
        self._known: dict[ModuleId, str] = {}

    def below(self, module: ModuleId, graph: ModuleGraph, dirty: Mapping[ModuleId, str], head: str) -> str:
        """A hash of all that the splices of a module can reach while texts are edited.

        `graph` has the imports as they are being edited, `dirty` the stamps of modules with another text than the
        one that their interface was made from, `head` is what `head_of` gives of the module's text.
        """
        reached = graph.dependencies({module}) - {module}
        edited = [f"{other.unit} {other.name} {dirty[other]}" for other in sorted(dirty.keys() & reached)]
        parts = [head, *(self._of(other) for other in sorted(graph.imports(module))), *edited]
        return content_hash("\0".join(parts).encode("utf-8", "surrogatepass"))

    def _of(self, module: ModuleId) -> str:
        """A hash of the code of a module and of all that it imports."""
        if module not in self._known and module in self._graph.nodes:
            self._find(module)
        return self._known.get(module, "")

    def _find(self, module: ModuleId) -> None:
        reached = self._graph.dependencies({module})
        for other in self._graph.order:
            if other in reached and other not in self._known:
                # What a boot file stands for comes later in the order.
                own = self._digest(ModuleId(other.unit, other.name))
                below = (self._known.get(target, "") for target in sorted(self._graph.imports(other)))
                self._known[other] = content_hash("\0".join([own, *below]).encode())


class SpliceRecords:
    """The records of one project's modules, some for each: an edit of what splices run may be taken back."""

    def __init__(self) -> None:
        self._records: defaultdict[ModuleKey, list[Record]] = defaultdict(list)
        """The newest last."""
        self._fresh: dict[ModuleId, FileSplices] = {}
        """What is made a record of when somebody asks for it."""
        self._wanted: set[ModuleId] = set()
        """The modules that somebody has asked for."""
        self._code: Code | None = None
        self._graph: ModuleGraph | None = None
        self._dirty: Mapping[ModuleId, str] = {}
        self._heads: dict[Path, tuple[str, str]] = {}

    def know(
        self, code: Code, graph: ModuleGraph, dirty: Mapping[ModuleId, str], splices: Mapping[ModuleId, FileSplices]
    ) -> None:
        """These are the splices of modules that are up to date with this code, while modules were `dirty`."""
        for module in self._fresh.keys() & self._wanted:
            # An edit that was evaluated may be taken back, and made again.
            self._take(module)
        self._code, self._graph, self._dirty, self._fresh = code, graph, dirty, dict(splices)

    def forget(self) -> None:
        """The project is another one."""
        self._records.clear()
        self._fresh.clear()
        self._wanted.clear()

    def of(
        self, module: ModuleId, path: Path, text: str, graph: ModuleGraph, dirty: Mapping[ModuleId, str]
    ) -> Record | None:
        """The record of a module whose splices could reach the same code as with these texts.

        It is the same object until more is known.
        """
        self._wanted.add(module)
        if module in self._fresh:
            self._take(module)
        if self._code is None:
            return None
        if self._heads.get(path, ("", ""))[0] != text:
            self._heads[path] = text, _head(text, path)
        inputs = self._code.below(module, graph, dirty, self._heads[path][1])
        known = reversed(self._records[ModuleKey(module.unit, path)])
        holding = (record for record in known if record.inputs == inputs and record.stands_in(text))
        return max(holding, key=lambda record: len(record.sources), default=None)

    def _take(self, module: ModuleId) -> None:
        """Make a record of the splices of a module."""
        splices = self._fresh.pop(module)
        assert self._code and self._graph
        path = self._graph.path(module)
        key = ModuleKey(module.unit, path)
        known = self._records[key]
        inputs = self._code.below(module, self._graph, self._dirty, _head(splices.text, path))
        new = recorded(splices, inputs)
        others = [record for record in known if (record.inputs, record.sources) != (inputs, new.sources)]
        self._records[key] = [*others, new][-MOST_RECORDS:]


def _head(text: str, path: Path) -> str:
    return head_of(text, literate=path.suffix == ".lhs")


def encoded(
    records: Mapping[ModuleKey, Record], home: Collection[ModuleId], graph: ModuleGraph, ids: EditIds
) -> "Records":
    """Records as a tap reads them, for a session in which these modules are home.

    There the names of home modules are of units with other ids, of the same length.
    """
    renamed = {
        _text(module.unit) + _text(module.name): _text(ids.by_unit[module.unit]) + _text(module.name) for module in home
    }

    def rename(data: bytes) -> bytes:
        for old, new in renamed.items():
            data = data.replace(old, new)
        return data

    names = {ModuleKey(module.unit, graph.path(module)): module.name for module in home if not module.boot}
    return {
        (ids.by_unit[key.unit], names[key]): encoded_runs(record, rename)
        for key, record in records.items()
        if key in names
    }


def _text(value: str) -> bytes:
    return len(value).to_bytes(8, "big") + value.encode("utf-8", "surrogatepass")
