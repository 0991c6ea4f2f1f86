"""What `thatch cache explain` says, on a store in memory: questions that people ask, and the whole answers."""

from pathlib import Path

import pytest
from attrs import evolve

from tests.unit.cache.jobs import FLAGS, UNIT
from tests.unit.cache.test_modules import Bench, using
from thatch.cache.entry import CRADLE
from thatch.cache.explain import explain
from thatch.cache.key import decode_flags, encode_flags
from thatch.cli.cache_text import explanation_fields, explanation_text
from thatch.cli.formats.look import Look
from thatch.core.artifacts import Job
from thatch.core.hi.model import FileUsage
from thatch.core.inputs import file_hash


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def answer(bench: Bench, job: Job, name: str) -> str:
    (explanation,) = explain(job, bench.store, name)
    return explanation_text(explanation, Look(bench.root, coloured=False))


def test_nothing_has_changed(bench: Bench) -> None:
    bench.keep_all(bench.job())
    expected = "lib-1.0:{}: hit\n  file: {}.hs\n  It need not be compiled: nothing that it depends on has changed ({})."
    assert answer(bench, bench.job(), "B") == expected.format("B", "B", "1 module")
    alone = expected.format("A", "A", "no other module of the project, and no file")
    assert answer(bench, bench.job(), "A") == alone


def test_a_source_has_changed(bench: Bench) -> None:
    bench.keep_all(bench.job())
    job = bench.job({"A.hs": "module A where\n-- other\n"})
    assert answer(bench, job, "A") == (
        "lib-1.0:A: miss\n  file: A.hs\n  It must be compiled: never compiled with this source and these flags.\n"
        "  What has changed since the most similar compilation:\n    the source text changed"
    )
    assert answer(bench, job, "C") == (
        "lib-1.0:C: likely hit\n  file: C.hs\n"
        "  It need not be compiled if the interfaces of the modules below it come out as they were.\n"
        "  Below it, 1 module must be compiled first:\n    lib-1.0:A: the source text changed"
    )


def test_other_flags_are_named(bench: Bench) -> None:
    bench.keep_all(bench.job())
    job = bench.job(flags=(FLAGS[1], "-XStrict", "-package-db", "/elsewhere"))
    (explanation,) = explain(job, bench.store, "A")
    (difference,) = explanation.differences
    assert (difference.lost, difference.gained) == (("-Wall",), ("-XStrict",))
    assert explanation_text(explanation, Look(bench.root, coloured=False)).endswith(
        "    the flags of its unit changed:\n      gone -Wall\n      new  -XStrict"
    )
    assert explanation_fields(explanation)["differences"][0]["gained"] == ("-XStrict",)


def test_many_flags_are_shown_as_people_need_them(bench: Bench) -> None:
    """A package by its flag and id, the macros about it not at all, and not every one of dozens."""
    bench.keep_all(bench.job())
    macros = ('-optP-DVERSION_text="2.0"', "-optP-DMIN_VERSION_text(a,b,c)=(1)")
    job = bench.job(flags=(*FLAGS, "-package-id", "text-2.0", *macros, *(f"-X{number}" for number in range(20))))
    lines = answer(bench, job, "A").splitlines()
    start = lines.index("    the flags of its unit changed:")
    assert lines[start + 1] == "      new  -package-id text-2.0"
    assert lines[start + 2 :] == [*(f"      new  -X{number}" for number in range(11)), "      new  ... and 9 more"]


def test_flags_of_entries_that_do_not_name_them(bench: Bench) -> None:
    bench.keep_all(bench.job())
    for entries in bench.store.entries.values():
        entries[:] = [
            evolve(entry, artifacts={name: blob for name, blob in entry.artifacts.items() if name != "flags"})
            for entry in entries
        ]
    assert answer(bench, bench.job(flags=FLAGS[1:]), "A").endswith("    the flags of its unit changed")


def test_a_module_below_is_gone(bench: Bench) -> None:
    bench.keep_all(bench.job())
    job = bench.job()
    (bench.root / "A.hs").unlink()
    (unit,) = job.project.units
    without = evolve(unit, modules=tuple(module for module in unit.modules if module.name != "A"))
    job = evolve(job, project=evolve(job.project, units=(without,)))
    assert answer(bench, job, "B") == (
        "lib-1.0:B: miss\n  file: B.hs\n  It must be compiled: other modules answer its imports.\n"
        "  What has changed since the most similar compilation:\n"
        "    the home modules that answer its imports changed:\n      gone lib-1.0:A\n    lib-1.0:A is gone"
    )


def test_a_file_has_changed(bench: Bench) -> None:
    words = bench.root / "data" / "words.txt"
    job = bench.job()
    words.parent.mkdir()
    words.write_text("one")
    usage = FileUsage(str(words), file_hash(words), None)
    bench.cache.keep(job, [bench.compiled(job, "A", usage)], None)
    words.write_text("two")
    assert answer(bench, job, "A") == (
        "lib-1.0:A: miss\n  file: A.hs\n  It must be compiled: data/words.txt has changed."
    )


def test_another_interface_below(bench: Bench) -> None:
    bench.keep_all(bench.job())
    job = bench.job({"A.hs": "module A where\na = 1\n"})
    bench.cache.keep(job, [bench.compiled(job, "A", abi="d" * 32)], None)
    assert answer(bench, job, "B") == (f"lib-1.0:B: miss\n  file: B.hs\n  It must be compiled: {UNIT}:A has changed.")


def test_a_module_that_nobody_knows(bench: Bench) -> None:
    assert answer(bench, bench.job(), "C") == (
        "lib-1.0:C: miss\n  file: C.hs\n  It must be compiled: nothing is known of this module.\n"
        "  Below it, 2 modules must be compiled first:\n"
        "    lib-1.0:A: never compiled with this source and these flags\n"
        "    lib-1.0:B: never compiled with this source and these flags"
    )
    assert explain(bench.job(), bench.store, "D") == ()
    bench.cache.keep_answer("ab" * 16, b"of a build tool")
    assert explain(bench.job(), bench.store, CRADLE) == ()


def test_another_compiler(bench: Bench) -> None:
    bench.keep_all(bench.job())
    job = bench.job()
    other = evolve(job, toolchain=evolve(job.toolchain, id="another GHC"))
    assert "    the compiler changed: some GHC, now another GHC" in answer(bench, other, "A")


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b"\xff", b"[" * 100_000])
def test_flags_that_are_none(data: bytes) -> None:
    assert decode_flags(data) is None
    assert decode_flags(encode_flags(("-Wall", "-package-db", "/x"))) == ["-Wall"]


def test_an_entry_with_two_kinds_of_dependencies_counts_modules_once(bench: Bench) -> None:
    job = bench.job()
    bench.cache.keep(job, [bench.compiled(job, "A"), bench.compiled(job, "B", using("A"), using("A"))], None)
    assert "(1 module)." in answer(bench, job, "B")
