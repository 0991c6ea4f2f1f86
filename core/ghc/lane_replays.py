"""Compiling modules without an interpreter, where all their splices would do what they did when they ran."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from thatch.core.artifacts import Job, Plan, Standing
from thatch.core.diagnostics import Diagnostic, Severity
from thatch.core.documents import read_text
from thatch.core.ghc.lane_interpreter import LaneInterpreter
from thatch.core.ghc.plugins import any_uses_plugins
from thatch.core.ghc.results import ModuleKey
from thatch.core.iserv.messages import protocol_of
from thatch.core.project.resolve import ModuleId
from thatch.core.splices.records import Record, encoded_runs, replayable
from thatch.core.splices.runs import SpliceRun
from thatch.core.syntax import Header

if TYPE_CHECKING:
    from thatch.core.iserv.replay import Records

SPLICING = frozenset({"-XTemplateHaskell", "-XQuasiQuotes"})
"""What switches splices on."""


@frozen
class LaneReplays:
    """What the splices of the modules did that a load is to compile."""

    _records: Mapping[ModuleKey, Record]
    _names: Mapping[ModuleKey, str]
    """The names of the modules."""

    def encoded(self) -> "Records":
        """The same as a tap reads it."""
        return {
            (key.unit, self._names[key]): encoded_runs(record, lambda data: data)
            for key, record in self._records.items()
        }

    def runs(self, modules: Collection[ModuleKey]) -> list[SpliceRun]:
        """The splices of some of the modules."""
        records = [record for key, record in self._records.items() if key in modules]
        return [run for record in records for alike in record.runs.values() for run in alike]

    def in_vain(
        self, interpreter: LaneInterpreter, said: Mapping[Path, Collection[Diagnostic]]
    ) -> frozenset[ModuleKey]:
        """The modules that must be compiled again, with an interpreter.

        These are those with splices that were refused, and those with errors: they may be in the code of splices, and
        running it gives another one in their place.
        """
        replayed = {ModuleKey(place.unit, place.path) for place in interpreter.replayed}
        failed = {key for key in replayed if any(one.severity is Severity.ERROR for one in said.get(key.path, ()))}
        return interpreter.refused | failed


def find_replays(job: Job, plan: Plan) -> LaneReplays | None:
    """What the splices did in the modules that must be compiled; None unless all of these can do with that.

    Reads sources: blocking.
    """
    if plan.graph is None or protocol_of(job.toolchain.series) is None:
        return None
    if any_uses_plugins(job.flags, (node.header for node in plan.graph.nodes.values())):
        return None
    records: dict[ModuleKey, Record] = {}
    for module in plan.modules:
        header = plan.graph.nodes[ModuleId(module.key.unit, module.name, module.boot)].header
        if module.standing is not Standing.MISS or module.boot or not may_splice(header, job.flags[module.key.unit]):
            continue
        path = module.key.path
        known = module.earlier
        record = replayable(known, read_text(path) or "", literate=path.suffix == ".lhs") if known else None
        if record is None:
            return None
        records[module.key] = record
    names = {module.key: module.name for module in plan.modules}
    return LaneReplays(records, names) if any(record.sources for record in records.values()) else None


def may_splice(header: Header, flags: Collection[str]) -> bool:
    """Whether a module with such a head, in a unit with these flags, can have splices."""
    switched_on = {*(f"-X{name}" for name in header.extensions), *header.options, *flags}
    return not switched_on.isdisjoint(SPLICING)
