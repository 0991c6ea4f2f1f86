"""The cache of compiled modules as project lanes use it: planning, restoring, keeping."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
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
    WHOLE,
    Dependency,
    DependencyKind,
    Digest,
    Entry,
    digest_of,
)
from thatch.cache.errors import CacheUnusable
from thatch.cache.plan import (
    HEARD,
    IMPORTS,
    QUIET,
    ROOT,
    SPOKE,
    UNHEARD,
    WARNED,
    Planner,
    Verdict,
    heard_text,
    imports_text,
    name_of,
)
from thatch.cache.said import decode_diagnostics, encode_diagnostics
from thatch.cache.splice_records import decode_splices, encode_splices
from thatch.cache.store import Store
from thatch.cache.survey import PREPROCESSED, Survey, source_hash, survey
from thatch.cache.tallies import Tallies
from thatch.cache.unheard import loud, speaks, unheard
from thatch.core.artifacts import Compiled, Job, Plan, Planned, Standing, Tally
from thatch.core.binary.cursor import DecodeError
from thatch.core.diagnostics import Diagnostic
from thatch.core.ghc.output import Notice
from thatch.core.ghc.results import ModuleKey
from thatch.core.inputs import file_hash
from thatch.core.project.resolve import ModuleId
from thatch.core.splices.runs import SpliceRun

_Said = tuple[Diagnostic, ...] | None
"""What GHC said, None when that is lost."""

SMALL = (DIAGNOSTICS, SPLICES)
"""The artifacts that show what is known of a module."""

DEPRECATIONS = frozenset({"-Wdeprecations", "-Wwarnings-deprecations", "-Wextended-warnings"})
"""The flags of warnings about what another module has deprecated; there are `-Wx-...` besides."""


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
        return {path: file_hash(path) for entry in entries[:1] for path in files_of(entry, root)}


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
        modules = [self._planned(job, examined, module, said) for module in verdicts]
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
        found = survey(job, self.heads_folder)
        by_file = {found.file_key(module): module for module in found.keys}
        unheard_of = cache(lambda path: unheard(_text(path)))
        made_from = {}
        for module in compiled:
            if module.key not in by_file:
                continue
            entry = self._keep(job, found, by_file[module.key], module, unheard_of)
            if entry is not None:
                made_from[module.key] = files_of(entry, job.project.root)
        if compiled and accepted:
            loaded = {by_file[module.key]: module for module in accepted if module.key in by_file}
            keep_accepted(found, _planner(job, found), self.store, loaded)
        if notices is not None:
            self._keep_notices(job, found, notices)
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

    def _planned(self, job: Job, examined: Examined, module: ModuleId, said_in: Callable[[Digest], _Said]) -> Planned:
        verdict, key = examined.verdicts[module], examined.survey.file_key(module)
        entry = verdict.entry
        said = said_in(entry.artifacts.get(DIAGNOSTICS, "")) if entry else None
        if entry is None or said is None:
            reason = verdict.reason or "its entry is damaged"
            files = examined.files_before(module, job.project.root)
            return Planned(key, module.name, module.boot, Standing.MISS, reason=reason, files=files)
        return Planned(
            key,
            module.name,
            module.boot,
            verdict.standing,
            said,
            verdict.reason,
            SPOKE in entry.inputs,
            dict(entry.artifacts),
            files_of(entry, job.project.root),
            self._splices(entry, job),
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

    def _keep(
        self, job: Job, found: Survey, module: ModuleId, compiled: Compiled, unheard_of: Callable[[Path], str]
    ) -> Entry | None:
        # Not imported where nothing is kept: that would be a tenth of a warm check.
        from thatch.cache.recorded import read_recorded

        inputs = found.inputs[module]
        try:
            interface = compiled.interface.read_bytes()
            ide = ide_path(compiled.interface).read_bytes()
            recorded = read_recorded(interface)
            dependencies = (*recorded.dependencies, *_own_boot(found, module, compiled.interface))
        except (OSError, DecodeError):
            return None
        # The file may have changed since GHC read it; then this is not what its key would stand for.
        if compiled.source != inputs.source or source_hash(compiled.key.path) != inputs.source:
            return None
        if found.preprocesses(job, module) and _differ(compiled.files, dependencies, job.project.root):
            # GHC has preprocessed it before a file changed that it includes.
            return None
        said = encode_diagnostics(compiled.diagnostics, job.project.root)
        blobs = {INTERFACE: interface, IDE: ide, DIAGNOSTICS: said}
        if compiled.splices:
            blobs[SPLICES] = encode_splices(compiled.splices, job.project.root)
        imports = imports_text(found.graph.imports(module))
        readable = {**inputs.readable(), IMPORTS: imports, ROOT: str(job.project.root)}
        readable |= _beside_the_hashes(compiled, warns=recorded.warns)
        heard = {name: unheard_of(path) for name, path in found.paths(dependencies).items()}
        if compiled.preprocessor_spoke and found.preprocesses(job, module):
            readable[SPOKE] = "yes"
        readable |= {UNHEARD: unheard_of(compiled.key.path), HEARD: heard_text(heard)}
        entry = Entry(
            key=found.keys[module],
            unit=module.unit,
            module=module.name,
            boot=module.boot,
            dependencies=dependencies,
            abi=recorded.abi,
            interface=recorded.interface,
            artifacts={name: digest_of(blob) for name, blob in blobs.items()},
            inputs=readable,
            compile_ms=compiled.milliseconds,
        )
        self.store.put(entry, {digest_of(blob): blob for blob in blobs.values()})
        return entry

    def _keep_notices(self, job: Job, found: Survey, notices: Sequence[Notice]) -> None:
        root = job.project.root
        as_diagnostics = [
            Diagnostic(
                path=root, span=None, severity=notice.severity, message=notice.text, code=notice.code, flag=notice.flag
            )
            for notice in notices
        ]
        said = encode_diagnostics(as_diagnostics, root)
        entry = Entry(
            key=found.whole,
            unit=WHOLE,
            module=WHOLE,
            boot=False,
            dependencies=(),
            abi="0" * 32,
            interface="0" * 32,
            artifacts={DIAGNOSTICS: digest_of(said)},
            inputs={},
            compile_ms=0,
        )
        self.store.put(entry, {digest_of(said): said})


def interface_path(interfaces: Path, unit: str, module: str, *, boot: bool) -> Path:
    """Where a session keeps the interface of a module."""
    return (interfaces / unit / module.replace(".", "/")).with_suffix(".hi-boot" if boot else ".hi")


def ide_path(interface: Path) -> Path:
    """The `.hie` file beside an interface."""
    return interface.with_suffix(interface.suffix.replace(".hi", ".hie"))


def files_of(entry: Entry, root: Path) -> dict[Path, str]:
    """The files that an entry was made from, besides sources, each with the hash that it had."""
    return _files(entry.dependencies, root)


def _files(dependencies: Sequence[Dependency], root: Path) -> dict[Path, str]:
    return {
        # GHC writes down what it was told, such as `../data/words.txt`.
        Path(os.path.normpath(root / dependency.name)): dependency.value
        for dependency in dependencies
        if dependency.kind is DependencyKind.FILE
    }


def _verdicts(planner: Planner, found: Survey, entries: dict[str, list[Entry]]) -> dict[ModuleId, Verdict]:
    verdicts = planner.verdicts({module: entries.get(key, []) for module, key in found.keys.items()})
    return verdicts | {module: Verdict(Standing.MISS, None, why) for module, why in found.left_out.items()}


def _planner(job: Job, found: Survey) -> Planner:
    generated = {found.graph.path(module) for module, why in found.left_out.items() if why == PREPROCESSED}

    def may_be_loud(path: Path) -> bool:
        unsaved = job.unsaved.get(path)
        text = _text(path) if unsaved is None else unsaved.encode("utf-8", "surrogatepass")
        return path in generated or loud(text)

    return Planner(found.graph, job.project.root, file_hash, cache(may_be_loud))


def _text(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


@cache
def _tells_of_deprecations(flag: str) -> bool:
    return flag in DEPRECATIONS or flag.startswith("-Wx-")


def _beside_the_hashes(compiled: Compiled, *, warns: bool) -> dict[str, str]:
    """The readable inputs that say of what GHC will take notice."""
    readable = {}
    if any(_tells_of_deprecations(diagnostic.flag) for diagnostic in compiled.diagnostics):
        readable[WARNED] = "yes"
    if not warns and not speaks(_text(compiled.key.path)):
        readable[QUIET] = "yes"
    return readable


def _differ(files: Mapping[Path, str], dependencies: Sequence[Dependency], root: Path) -> bool:
    """Whether a module was made from files that are not as they are known."""
    return any(files.get(path, value) != value for path, value in _files(dependencies, root).items())


def _own_boot(found: Survey, module: ModuleId, interface: Path) -> Iterator[Dependency]:
    """The boot file beside a module, which GHC compares with it and yet does not count among its usages."""
    from thatch.cache.recorded import read_recorded

    boot = ModuleId(module.unit, module.name, boot=True)
    if module != boot and boot in found.graph.nodes:
        recorded = read_recorded(interface.with_suffix(".hi-boot").read_bytes())
        yield Dependency(DependencyKind.INTERFACE, name_of(boot), recorded.interface)
