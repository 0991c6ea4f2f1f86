"""The cache as lanes use it, on a store in memory and with interfaces as GHC writes them: what is kept and found."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from attrs import evolve

from tests.support.memory_store import MemoryStore
from tests.unit.cache.jobs import UNIT, make_interface, make_job
from thatch.cache.entry import digest_of
from thatch.cache.files import interface_path
from thatch.cache.modules import ModuleCache
from thatch.cache.survey import PREPROCESSED, UNSAVED, source_hash
from thatch.cache.tallies import Tallies
from thatch.core.artifacts import Compiled, Job, Plan, Planned, Standing, Tally
from thatch.core.diagnostics import Diagnostic, Severity, Span
from thatch.core.ghc.output import Notice
from thatch.core.ghc.results import ModuleKey
from thatch.core.hi.model import FileUsage, HomeModuleUsage, ModuleId, Usage
from thatch.core.inputs import file_hash

TEXTS = {"A.hs": "module A where\n", "B.hs": "module B where\nimport A\n", "C.hs": "module C where\nimport B\n"}
ABI = {"A": "a" * 32, "B": "b" * 32, "C": "c" * 32}
NOTICES = (Notice(Severity.WARNING, "unused packages", flag="-Wunused-packages"),)
HIT, LIKELY, MISS = Standing


class Bench:
    """A cache, and a GHC that compiles what it is told to."""

    def __init__(self, folder: Path) -> None:
        self.store = MemoryStore()
        self.cache = ModuleCache(self.store)
        self.root = folder / "project"
        self.interfaces = folder / "interfaces"

    def job(self, changes: Mapping[str, str] | None = None, **kwargs: object) -> Job:
        return make_job(self.root, {**TEXTS, **(changes or {})}, **kwargs)  # type: ignore[arg-type]

    def compiled(self, job: Job, name: str, *usages: Usage, abi: str = "", **more: object) -> Compiled:
        """A module that GHC has just compiled."""
        place = interface_path(self.interfaces, UNIT, name, boot=False)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(make_interface(name, abi or ABI[name], *usages))
        place.with_suffix(".hie").write_bytes(b"hie of " + name.encode())
        path = job.project.root / f"{name}.hs"
        made = Compiled(ModuleKey(UNIT, path), place, source_hash(path), ())
        return evolve(made, **more)

    def keep_all(self, job: Job) -> None:
        """Everything was compiled."""
        below = {"A": (), "B": (using("A"),), "C": (using("B"),)}
        self.cache.keep(job, [self.compiled(job, name, *usages) for name, usages in below.items()], NOTICES)


def using(name: str, abi: str = "") -> HomeModuleUsage:
    return HomeModuleUsage(ModuleId(UNIT, name), abi or ABI[name], "0" * 32, (), False)


def standings(plan: Plan) -> dict[str, Standing]:
    return {module.name: module.standing for module in plan.modules}


def planned(plan: Plan, name: str) -> Planned:
    [found] = [module for module in plan.modules if module.name == name]
    return found


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_what_was_compiled_is_a_hit(bench: Bench) -> None:
    job = bench.job()
    assert standings(bench.cache.plan(job)) == {"A": MISS, "B": MISS, "C": MISS}
    bench.keep_all(job)
    plan = bench.cache.plan(job)
    assert standings(plan) == {"A": HIT, "B": HIT, "C": HIT}
    assert plan.notices == NOTICES
    assert plan.complete
    assert {entry.module for entry in bench.store.in_use} == {"A", "B", "C", "*"}
    said = {entry.artifacts["diagnostics"] for entry in bench.store.all_entries}
    assert bench.store.fetched == said, "a check needs nothing else"


def test_restored_files_are_what_was_kept(bench: Bench, tmp_path: Path) -> None:
    job = bench.job()
    bench.keep_all(job)
    plan = bench.cache.plan(job)
    del bench.store.blobs[planned(plan, "B").artifacts["hie"]]
    target = tmp_path / "restored"
    assert {key.path.stem for key in bench.cache.restore(plan, target)} == {"A", "C"}
    for name in ("A", "C"):
        restored = target / UNIT / f"{name}.hi"
        assert restored.read_bytes() == make_interface(name, ABI[name], *([using("B")] if name == "C" else []))
        assert restored.with_suffix(".hie").read_bytes() == b"hie of " + name.encode()


def test_artifacts_of_hits_and_likely_hits_are_read(bench: Bench) -> None:
    bench.keep_all(bench.job())
    job = bench.job({"A.hs": "module A where\n-- other\n"})
    plan = bench.cache.plan(job)
    assert standings(plan) == {"A": MISS, "B": LIKELY, "C": LIKELY}
    for name, below in (("B", "A"), ("C", "B")):
        module = planned(plan, name)
        assert bench.cache.interface(module) == make_interface(name, ABI[name], using(below))
        assert bench.cache.hie(module) == b"hie of " + name.encode()
        assert module.artifacts["hie"] == digest_of(b"hie of " + name.encode())
    miss = planned(plan, "A")
    assert miss.artifacts == {}
    assert (bench.cache.interface(miss), bench.cache.hie(miss)) == (None, None)
    gone = planned(plan, "B")
    del bench.store.blobs[gone.artifacts["hie"]]
    assert bench.cache.hie(gone) is None


@pytest.mark.parametrize("use", ["restore", "interface", "hie"])
def test_whoever_needs_files_gets_them_all_at_once(bench: Bench, tmp_path: Path, use: str) -> None:
    job = bench.job()
    bench.keep_all(job)
    there, bench.store.blobs = bench.store.blobs, {}
    bench.store.elsewhere = there
    plan = bench.cache.plan(job)
    assert standings(plan) == {"A": HIT, "B": HIT, "C": HIT}
    assert len(bench.store.blobs) == 2, "what was said of the modules, and of all together"
    module = planned(plan, "B")
    if use == "restore":
        assert len(bench.cache.restore(plan, tmp_path / "restored")) == 3
    else:
        assert getattr(bench.cache, use)(module) is not None
    assert bench.store.blobs == there
    n_fetches = bench.store.n_fetches
    assert bench.cache.hie(module) == b"hie of B"
    assert bench.store.n_fetches == n_fetches


def test_answers_of_build_tools_are_kept_like_modules(bench: Bench) -> None:
    key, job = "ab" * 16, bench.job()
    assert bench.cache.answer(key) is None
    bench.cache.keep_answer(key, b"what cabal said")
    assert bench.cache.answer(key) == b"what cabal said"
    [entry] = bench.store.all_entries
    assert bench.store.in_use == [entry]
    # Nobody takes a module's entry for an answer, whatever its key.
    bench.keep_all(job)
    assert all(bench.cache.answer(other) is None for other in bench.store.entries if other != key)
    bench.store.blobs.clear()
    assert bench.cache.answer(key) is None


def test_messages_move_with_the_checkout(bench: Bench, tmp_path: Path) -> None:
    job = bench.job()
    said = Diagnostic(
        path=bench.root / "A.hs",
        span=Span(1, 8, 1, 9),
        severity=Severity.WARNING,
        message="why",
        flag="-Wall",
        unit=UNIT,
    )
    compiled = bench.compiled(job, "A", diagnostics=(said,), milliseconds=120)
    bench.cache.keep(job, [compiled], None)
    [entry] = bench.store.all_entries
    assert (entry.compile_ms, entry.abi, entry.module) == (120, ABI["A"], "A")
    moved = bench.cache.plan(make_job(tmp_path / "elsewhere", TEXTS))
    assert planned(moved, "A").standing is HIT
    assert planned(moved, "A").diagnostics == (evolve(said, path=tmp_path / "elsewhere/A.hs"),)
    assert not moved.complete


def test_an_abi_that_stays_cuts_off(bench: Bench) -> None:
    bench.keep_all(bench.job())
    job = bench.job({"A.hs": "module A where\n-- other\n"})
    plan = bench.cache.plan(job)
    assert standings(plan) == {"A": MISS, "B": LIKELY, "C": LIKELY}
    assert planned(plan, "B").reason == f"{UNIT}:A must be compiled"
    bench.cache.keep(job, [bench.compiled(job, "A")], None)
    assert standings(bench.cache.plan(job)) == {"A": HIT, "B": HIT, "C": HIT}


def test_another_abi_does_not(bench: Bench) -> None:
    bench.keep_all(bench.job())
    job = bench.job({"A.hs": "module A where\na = 1\n"})
    bench.cache.keep(job, [bench.compiled(job, "A", abi="d" * 32)], None)
    plan = bench.cache.plan(job)
    assert standings(plan) == {"A": HIT, "B": MISS, "C": LIKELY}
    assert planned(plan, "B").reason == f"{UNIT}:A has changed"
    assert standings(bench.cache.plan(bench.job())) == {"A": HIT, "B": HIT, "C": HIT}


def test_files_that_were_read(bench: Bench, tmp_path: Path) -> None:
    job = bench.job()
    inside, outside = bench.root / "words.txt", tmp_path / "far.txt"
    inside.write_text("one")
    outside.write_text("two")
    usages = [FileUsage(name, file_hash(bench.root / name), None) for name in ("words.txt", "../far.txt")]
    linked = FileUsage("/opt/lib/libHSbase.so", "0" * 32, None)
    made_from = bench.cache.keep(job, [bench.compiled(job, "A", *usages, linked)], None)
    known = {inside: file_hash(inside), outside: file_hash(outside)}
    assert made_from == {ModuleKey(UNIT, bench.root / "A.hs"): known}
    assert planned(bench.cache.plan(job), "A").files == known
    outside.write_text("three")
    plan = bench.cache.plan(job)
    assert planned(plan, "A").standing is MISS
    assert planned(plan, "A").reason.endswith("far.txt has changed")
    assert planned(plan, "A").files == {**known, outside: file_hash(outside)}


@pytest.mark.parametrize("flaw", ["no hie", "no interface", "garbage", "edited since", "other text", "another's file"])
def test_what_is_not_kept(bench: Bench, flaw: str) -> None:
    job = bench.job()
    compiled = bench.compiled(job, "A")
    match flaw:
        case "no hie":
            compiled.interface.with_suffix(".hie").unlink()
        case "no interface":
            compiled.interface.unlink()
        case "garbage":
            compiled.interface.write_bytes(b"\x01\xfa\xce\x64 and no more")
        case "edited since":
            (bench.root / "A.hs").write_text("module A where\nb = 2\n")
        case "other text":
            compiled = evolve(compiled, source="0" * 32)
        case _:
            compiled = evolve(compiled, key=ModuleKey(UNIT, bench.root / "Z.hs"))
    assert bench.cache.keep(job, [compiled], None) == {}
    assert bench.store.all_entries == []


def test_modules_without_a_key(bench: Bench) -> None:
    bench.keep_all(bench.job())
    plan = bench.cache.plan(bench.job({"B.hs": "{-# OPTIONS_GHC -F #-}\n" + TEXTS["B.hs"]}, unsaved={"A.hs": "..."}))
    assert [planned(plan, name).reason for name in "AB"] == [UNSAVED, PREPROCESSED]
    assert standings(plan) == {"A": MISS, "B": MISS, "C": MISS}, "What a preprocessor makes of B may be anything."


@pytest.mark.parametrize("content", [None, b"", b"[1]"])
def test_damaged_messages_are_a_miss(bench: Bench, content: bytes | None) -> None:
    job = bench.job()
    bench.cache.keep(job, [bench.compiled(job, "A")], NOTICES)
    [entry] = [entry for entry in bench.store.all_entries if entry.module == "A"]
    digest = entry.artifacts["diagnostics"]
    del bench.store.blobs[digest]
    if content is not None:
        bench.store.blobs[digest] = content
    found = planned(bench.cache.plan(job), "A")
    assert (found.standing, found.reason) == (MISS, "its entry is damaged")


def test_entries_that_only_a_second_look_finds(bench: Bench) -> None:
    """A remote store is asked again when what is here does not hold."""
    bench.keep_all(bench.job())
    right = {key: entries for key, entries in bench.store.entries.items() if entries[0].module == "B"}
    [(key, [entry])] = right.items()
    wrong = evolve(entry, dependencies=(evolve(entry.dependencies[0], value="f" * 32),))
    bench.store.entries[key] = [wrong]
    assert standings(bench.cache.plan(bench.job()))["B"] is MISS
    bench.store.further[key] = [entry]
    assert standings(bench.cache.plan(bench.job())) == {"A": HIT, "B": HIT, "C": HIT}


def test_the_set_of_modules_counts_for_what_is_said_of_all(bench: Bench) -> None:
    bench.keep_all(bench.job())
    plan = bench.cache.plan(bench.job({"D.hs": "module D where\n"}))
    assert plan.notices is None
    assert not plan.complete


def test_counting(bench: Bench, tmp_path: Path) -> None:
    bench.cache.record(Tally(1, 2, 3))
    tallies = Tallies(tmp_path / "tallies", writable=True)
    ModuleCache(bench.store, None, tallies).record(Tally(1, 2, 3))
    assert tallies.counted().n_likely == 2
    tallies.close()
    bench.cache.close()
    assert bench.store.closed


def test_blobs_are_named_after_their_content(bench: Bench) -> None:
    bench.keep_all(bench.job())
    assert all(digest_of(blob) == digest for digest, blob in bench.store.blobs.items())
