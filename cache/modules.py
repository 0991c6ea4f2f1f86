"""The cache of compiled modules as project lanes use it: planning, restoring, keeping."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from attrs import define, field, frozen

from thatch.cache.accepted import keep_accepted
from thatch.cache.answers import find_answer, put_answer
from thatch.cache.entry import (
    DIAGNOSTICS,
    IDE,
    INTERFACE,
    SPLICES,
    Digest,
    Entry,
)
from thatch.cache.errors import CacheUnusable
from thatch.cache.files import files_among, ide_path, interface_path, text_of
from thatch.cache.plan import (
    SPOKE,
    Planner,
    Verdict,
)
from thatch.cache.said import decode_diagnostics
from thatch.cache.splice_records import decode_splices
from thatch.cache.store import Given, Store
from thatch.cache.survey import PREPROCESSED, Survey, survey
from thatch.cache.tallies import Tallies
from thatch.cache.unheard import loud
from thatch.core.artifacts import Compiled, Job, Plan, Planned, Standing, Tally
from thatch.core.diagnostics import Diagnostic
from thatch.core.ghc.output import Notice
from thatch.core.ghc.results import ModuleKey
from thatch.core.inputs import file_hash
from thatch.core.project.resolve import ModuleId
from thatch.core.splices.runs import FileSplices, SpliceRun

_Said = tuple[Diagnostic, ...] | None
"""What GHC said, None when that is lost."""

BATCH = 32
"""So many modules become visible together: half of the cost of a module is a transaction of its own."""

SMALL = (DIAGNOSTICS, SPLICES)
"""The artifacts that show what is known of a module."""


@frozen
class Examined:
    """What a store knows of a job."""

    survey: Survey
    planner: Planner

    entries: dict[str, list[Entry]]
    """The entries of each key that has any."""

    verdicts: dict[ModuleId, Verdict]

    def files_before(self, module: ModuleId, root: Path) -> dict[Path, str]:
        """The files that the newest entry of a module's key was made from, each with the hash that it has now."""
        entries = self.entries.get(self.survey.keys.get(module, ""), ())
        return {path: file_hash(path) for entry in entries[:1] for path in files_among(entry.dependencies, root)}


def examine(job: Job, store: Store, heads_folder: Path | None = None) -> Examined:
    """Look up the modules of a job and verify what is found.  Blocking."""
    found = survey(job, heads_folder)
    planner = _planner(job, found)
    entries = store.lookup([*found.keys.values(), found.whole])
    verdicts = _verdicts(planner, found, entries)
    doubtful = [
        key for module, key in found.keys.items() if verdicts[module].standing is Standing.MISS and key in entries
    ]
    if doubtful and (further := store.lookup_further(doubtful)):
        entries |= {key: [*entries[key], *more] for key, more in further.items()}
        verdicts = _verdicts(planner, found, entries)
    return Examined(found, planner, entries, verdicts)


@define
class ModuleCache:
    """Implements `thatch.core.artifacts.ArtifactStore` on a store."""

    store: Store

    heads_folder: Path | None = None
    """Where the heads of source files are remembered."""

    tallies: Tallies | None = None
    """Where loads are counted."""

    _wanted: list[Entry] = field(factory=list, init=False)
    """The entries of the latest plan, as long as nobody has asked for all that they hold."""

    def plan(self, job: Job) -> Plan:
        """What of a job is up to date, from sources alone."""
        examined = examine(job, self.store, self.heads_folder)
        found, verdicts = examined.survey, examined.verdicts
        whole = next(iter(examined.entries.get(found.whole, [])), None)
        wanted = [verdict.entry for verdict in verdicts.values() if verdict.entry] + ([whole] if whole else [])
        self.store.used(wanted)
        self._wanted = wanted
        # What GHC wrote is only needed where GHC runs, or somebody navigates.
        self.store.fetch({entry.artifacts[name] for entry in wanted for name in SMALL if name in entry.artifacts})
        # Of most modules GHC said nothing.
        said = cache(lambda digest: self._said(digest, job))
        earlier = self._earlier(job, examined) if job.replays else {}
        modules = [self._planned(job, examined, module, said, earlier.get(module)) for module in verdicts]
        return Plan(tuple(modules), self._notices(whole, job) if whole else None, found.graph)

    def interface(self, module: Planned) -> bytes | None:
        """The interface of a hit or a likely hit; None if it is not there (any more)."""
        return self._artifact(module, INTERFACE)

    def hie(self, module: Planned) -> bytes | None:
        """The `.hie` file of a hit or a likely hit; None if it is not there (any more)."""
        return self._artifact(module, IDE)

    def restore(self, plan: Plan, interfaces: Path) -> Collection[ModuleKey]:
        """Put the interfaces of hits and likely hits where a session looks for them."""
        self._bring()
        wanted = [module for module in plan.modules if module.standing is not Standing.MISS]
        return {module.key for module in wanted if self._restore(module, interfaces)}

    def keep(
        self,
        job: Job,
        compiled: Sequence[Compiled],
        notices: Sequence[Notice] | None,
        accepted: Sequence[Compiled] = (),
    ) -> Mapping[ModuleKey, Mapping[Path, str]]:
        """Take in what GHC has compiled, and what it said about all modules together (None: it was not done)."""
        # Not imported where nothing is kept: that would be a tenth of a warm check.
        from thatch.cache.keeping import Keeping

        found = survey(job, self.heads_folder)
        keeping = Keeping(job, found)
        by_file = {found.file_key(module): module for module in found.keys}
        made_from = {}
        batch: list[Given] = []
        for module in compiled:
            given = keeping.module(by_file[module.key], module) if module.key in by_file else None
            if given is None:
                continue
            made_from[module.key] = files_among(given[0].dependencies, job.project.root)
            batch.append(given)
            if len(batch) == BATCH:
                self.store.put_many(batch)
                batch = []
        self.store.put_many(batch)
        if compiled and accepted:
            loaded = {by_file[module.key]: module for module in accepted if module.key in by_file}
            keep_accepted(found, _planner(job, found), self.store, loaded)
        if notices is not None:
            self.store.put_many([keeping.notices(notices)])
        return made_from

    def answer(self, key: str) -> bytes | None:
        """What a build tool said, if it is known."""
        with suppress(CacheUnusable):
            return find_answer(self.store, key)
        return None

    def keep_answer(self, key: str, content: bytes) -> None:
        """Keep what a build tool said."""
        with suppress(CacheUnusable):
            put_answer(self.store, key, content)

    def record(self, tally: Tally) -> None:
        """Count what became of a load."""
        if self.tallies is not None:
            self.tallies.add(tally)

    def close(self) -> None:
        """Close the store, which may wait some seconds for uploads."""
        self.store.close()

    def _artifact(self, module: Planned, name: str) -> bytes | None:
        if name not in module.artifacts:
            return None
        content = self.store.read(module.artifacts[name])
        if content is None and self._wanted:
            self._bring()
            content = self.store.read(module.artifacts[name])
        return content

    def _bring(self) -> None:
        """Bring everything near that the latest plan has: who wants some of it will want the rest."""
        wanted, self._wanted = self._wanted, []
        self.store.fetch({digest for entry in wanted for digest in entry.artifacts.values()})

    def _earlier(self, job: Job, examined: Examined) -> dict[ModuleId, FileSplices]:
        # Seldom wanted.
        from thatch.cache.earlier import earlier_splices

        return earlier_splices(job, self.store, examined)

    def _planned(
        self,
        job: Job,
        examined: Examined,
        module: ModuleId,
        said_in: Callable[[Digest], _Said],
        earlier: FileSplices | None,
    ) -> Planned:
        verdict, key = examined.verdicts[module], examined.survey.file_key(module)
        entry = verdict.entry
        said = said_in(entry.artifacts.get(DIAGNOSTICS, "")) if entry else None
        if entry is None or said is None:
            reason = verdict.reason or "its entry is damaged"
            files = examined.files_before(module, job.project.root)
            return Planned(key, module.name, module.boot, Standing.MISS, reason=reason, files=files, earlier=earlier)
        return Planned(
            key,
            module.name,
            module.boot,
            verdict.standing,
            said,
            verdict.reason,
            SPOKE in entry.inputs,
            dict(entry.artifacts),
            files_among(entry.dependencies, job.project.root),
            self._splices(entry, job),
            entry.compile_ms,
        )

    def _splices(self, entry: Entry, job: Job) -> tuple[SpliceRun, ...]:
        """The splices of an entry; without those that are damaged, for its other artifacts are as good as ever."""
        data = self.store.read(entry.artifacts[SPLICES]) if SPLICES in entry.artifacts else None
        try:
            return decode_splices(data, job.project.root) if data is not None else ()
        except ValueError:
            return ()

    def _said(self, digest: Digest, job: Job) -> _Said:
        data = self.store.read(digest)
        try:
            return decode_diagnostics(data, job.project.root) if data is not None else None
        except ValueError:
            return None

    def _notices(self, whole: Entry, job: Job) -> tuple[Notice, ...] | None:
        said = self._said(whole.artifacts.get(DIAGNOSTICS, ""), job)
        return (
            None
            if said is None
            else tuple(Notice(entry.severity, entry.message, entry.code, entry.flag) for entry in said)
        )

    def _restore(self, module: Planned, interfaces: Path) -> bool:
        place = interface_path(interfaces, module.key.unit, module.name, boot=module.boot)
        place.parent.mkdir(parents=True, exist_ok=True)
        both = ((INTERFACE, place), (IDE, ide_path(place)))
        return all(self.store.restore(module.artifacts[name], path) for name, path in both if name in module.artifacts)


def _verdicts(planner: Planner, found: Survey, entries: dict[str, list[Entry]]) -> dict[ModuleId, Verdict]:
    verdicts = planner.verdicts({module: entries.get(key, []) for module, key in found.keys.items()})
    return verdicts | {module: Verdict(Standing.MISS, None, why) for module, why in found.left_out.items()}


def _planner(job: Job, found: Survey) -> Planner:
    generated = {found.graph.path(module) for module, why in found.left_out.items() if why == PREPROCESSED}

    def may_be_loud(path: Path) -> bool:
        unsaved = job.unsaved.get(path)
        text = text_of(path) if unsaved is None else unsaved.encode("utf-8", "surrogatepass")
        return path in generated or loud(text)

    return Planner(found.graph, job.project.root, file_hash, cache(may_be_loud))
