"""What ran in modules that only their own text keeps from being hits, on a store in memory."""

from pathlib import Path

import pytest
from attrs import evolve

from tests.support.hie_encode import Contents, Node, encode
from tests.unit.cache.jobs import FLAGS, UNIT
from tests.unit.cache.test_modules import TEXTS, Bench, using
from thatch.core.artifacts import Job
from thatch.core.diagnostics import Span
from thatch.core.hie.model import ModuleId
from thatch.core.splices.runs import FileSplices, SpliceKind, SpliceRun

OTHER = {"C.hs": f"{TEXTS['C.hs']}-- other\n"}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def run(job: Job) -> SpliceRun:
    return SpliceRun(
        unit=UNIT,
        module="C",
        path=job.project.root / "C.hs",
        span=Span(3, 1, 3, 9),
        kind=SpliceKind.DECLARATIONS,
        result=b"made",
        milliseconds=1.0,
    )


def keep_all(bench: Bench, job: Job) -> None:
    """All is compiled; one has a splice."""
    bench.keep_all(job)
    made = bench.compiled(job, "C", using("B"), splices=(run(job),))
    contents = Contents(
        series="9.6",
        path="C.hs",
        module=ModuleId(UNIT, "C"),
        names=(),
        types=(),
        trees={"C.hs": Node(Span(1, 1, 2, 9), ())},
        n_exports=0,
        source=TEXTS["C.hs"].encode(),
    )
    made.interface.with_suffix(".hie").write_bytes(encode(contents))
    bench.cache.keep(job, [made], None)


def earlier(bench: Bench, job: Job) -> dict[str, FileSplices]:
    modules = bench.cache.plan(evolve(job, replays=True)).modules
    assert all(module.earlier is None for module in bench.cache.plan(job).modules)
    return {module.name: module.earlier for module in modules if module.earlier is not None}


def test_only_the_text_is_another_one(bench: Bench) -> None:
    keep_all(bench, bench.job())
    assert earlier(bench, bench.job()) == {}
    job = bench.job(OTHER)
    assert earlier(bench, job) == {"C": FileSplices(TEXTS["C.hs"], (run(job),))}


@pytest.mark.parametrize("changed", ["import", "below", "flags", "compiler"])
def test_something_else_has_changed(bench: Bench, changed: str) -> None:
    keep_all(bench, bench.job())
    match changed:
        case "import":
            job = bench.job({"C.hs": f"{TEXTS['C.hs']}import A\n"})
        case "below":
            job = bench.job({**OTHER, "B.hs": f"{TEXTS['B.hs']}-- other\n"})
        case "flags":
            job = bench.job(OTHER, flags=(*FLAGS, "-XStrict"))
        case _:
            job = bench.job(OTHER)
            job = evolve(job, toolchain=evolve(job.toolchain, id="another GHC"))
    assert "C" not in earlier(bench, job)


@pytest.mark.parametrize("artifact", ["hie", "splices"])
@pytest.mark.parametrize("content", [None, b"damaged"])
def test_what_is_damaged_or_gone_is_not_there(bench: Bench, artifact: str, content: bytes | None) -> None:
    keep_all(bench, bench.job())
    (entry,) = (entry for entry in bench.store.all_entries if "splices" in entry.artifacts)
    if content is None:
        del bench.store.blobs[entry.artifacts[artifact]]
    else:
        bench.store.blobs[entry.artifacts[artifact]] = content
    assert "C" not in earlier(bench, bench.job(OTHER))
