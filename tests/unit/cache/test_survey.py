"""What a job looks like to the cache: which modules have a key, and what changes it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve

from tests.unit.cache.jobs import FLAGS, TOOLCHAIN, UNIT, make_job
from thatch.cache.survey import PREPROCESSED, UNREADABLE, UNSAVED, Survey, source_hash, survey
from thatch.core.artifacts import Job
from thatch.core.ghc.results import ModuleKey
from thatch.core.project.resolve import ModuleId

TEXTS = {"A.hs": "module A where\n", "B.hs": "module B where\nimport A\n"}
A, B = ModuleId(UNIT, "A"), ModuleId(UNIT, "B")


def keys(found: Survey) -> tuple[str, str, str]:
    return found.keys[A], found.keys[B], found.whole


def test_a_module_by_its_file(tmp_path: Path) -> None:
    found = survey(make_job(tmp_path, TEXTS))
    assert set(found.keys) == set(found.inputs) == {A, B}
    assert found.left_out == {}
    assert found.file_key(B) == ModuleKey(UNIT, tmp_path / "B.hs")
    assert found.inputs[B].source == source_hash(tmp_path / "B.hs")
    assert found.inputs[B].path == "B.hs"
    assert set(found.graph.imports(B)) == {A}


def test_the_place_of_the_checkout_does_not_count(tmp_path: Path) -> None:
    here, there = (survey(make_job(tmp_path / name, TEXTS)) for name in ("here", "there"))
    assert keys(here) == keys(there)


Change = Callable[[Path], Job]


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        (lambda root: make_job(root, {**TEXTS, "A.hs": "module A where\n-- a comment\n"}), "A"),
        (lambda root: make_job(root, TEXTS, flags=(*FLAGS, "-XLambdaCase")), "AB*"),
        (lambda root: make_job(root, TEXTS, flags=(*FLAGS, "-package-db", "/opt/db")), ""),
        (lambda root: make_job(root, TEXTS, toolchain=evolve(TOOLCHAIN, id="another GHC")), "AB*"),
        (lambda root: make_job(root, TEXTS, toolchain=evolve(TOOLCHAIN, dynamic=False)), "AB"),
        (lambda root: make_job(root, TEXTS, toolchain=evolve(TOOLCHAIN, ghc=Path("/usr/bin/ghc"))), ""),
        (lambda root: make_job(root, {**TEXTS, "C.hs": "module C where\n"}), "*"),
        (lambda root: make_job(root, {**TEXTS, "B.hs": "module B where\n"}), "B*"),
        (lambda root: make_job(root, {**TEXTS, "B.hs": "module B where\nimport A\nimport Data.List\n"}), "B*"),
    ],
)
def test_what_changes_keys(change: Change, changed: str, tmp_path: Path) -> None:
    before, after = keys(survey(make_job(tmp_path, TEXTS))), keys(survey(change(tmp_path)))
    assert "".join(name for name, old, new in zip("AB*", before, after, strict=True) if old != new) == changed


def test_which_modules_are_declared_counts_for_what_is_said_of_all(tmp_path: Path) -> None:
    job = make_job(tmp_path, TEXTS)
    unit = job.project.units[0]
    fewer = evolve(unit, modules=tuple(module for module in unit.modules if module.name != "A"))
    before, after = survey(job), survey(evolve(job, project=evolve(job.project, units=(fewer,))))
    assert before.keys == after.keys, "B imports A, so that the project has both"
    assert before.whole != after.whole


def test_installed_packages_count_where_the_flags_do_not_name_them(tmp_path: Path) -> None:
    database = tmp_path / "lib/package.conf.d"
    database.mkdir(parents=True)
    toolchain = evolve(TOOLCHAIN, libdir=tmp_path / "lib")

    def both() -> tuple[str, str]:
        free = make_job(tmp_path / "p", TEXTS, flags=("-Wall",), toolchain=toolchain)
        named = make_job(tmp_path / "p", TEXTS, toolchain=toolchain)
        return survey(free).keys[A], survey(named).keys[A]

    before = both()
    (database / "text-2.0.conf").touch()
    after = both()
    assert before[0] != after[0]
    assert before[1] == after[1]


def test_modules_that_are_left_out(tmp_path: Path) -> None:
    texts = {**TEXTS, "F.hs": "{-# OPTIONS_GHC -F -pgmF x #-}\nmodule F where\n", "U.hs": "module U where\n"}
    job = make_job(tmp_path, texts, unsaved={"B.hs": "module B where\n"})
    (tmp_path / "U.hs").unlink()
    found = survey(job)
    assert set(found.keys) == {A}
    reasons = {module.name: reason for module, reason in found.left_out.items()}
    assert reasons.items() >= {"B": UNSAVED, "F": PREPROCESSED}.items()
    assert reasons.get("U", UNREADABLE) == UNREADABLE
    for flag in ("-F", "-pgmF=x"):
        flagged = survey(make_job(tmp_path, TEXTS, flags=(*FLAGS, flag)))
        assert (flagged.keys, set(flagged.left_out.values())) == ({}, {PREPROCESSED})


def test_a_boot_file_is_a_module_of_its_own(tmp_path: Path) -> None:
    texts = {
        "A.hs": "module A where\nimport {-# SOURCE #-} B\n",
        "B.hs": "module B where\nimport A\n",
        "B.hs-boot": "module B where\n",
    }
    found = survey(make_job(tmp_path, texts))
    boot = ModuleId(UNIT, "B", boot=True)
    assert set(found.keys) == {A, B, boot}
    assert found.inputs[boot].boot == "boot"
    assert found.file_key(boot) == ModuleKey(UNIT, tmp_path / "B.hs-boot")
    assert len(set(found.keys.values())) == 3


def test_remembered_heads_give_the_same(tmp_path: Path) -> None:
    job, heads = make_job(tmp_path / "project", TEXTS), tmp_path / "heads"
    first = survey(job, heads)
    assert any(heads.rglob("*"))
    assert keys(survey(job, heads)) == keys(first) == keys(survey(job))
    changed = make_job(tmp_path / "project", {**TEXTS, "A.hs": "module A where\nimport B ()\n"})
    assert keys(survey(changed, heads)) == keys(survey(changed))


def test_a_source_that_cannot_be_read_has_no_hash(tmp_path: Path) -> None:
    assert source_hash(tmp_path / "nowhere.hs") == ""
