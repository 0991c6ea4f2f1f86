"""What a unit is to a session for edits: other ids of the same length, narrowed flags, descriptions for GHC."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Ghc
from tests.support.waiting import seconds
from thatch.core import process
from thatch.core.edit.edit_unit import MARK, SUFFIX, EditIds, description, edit_flags
from thatch.core.ghc.toolchain import probe
from thatch.core.project.model import Unit
from thatch.core.project.shims import find_ghc_pkg

NAMES = st.text("abcXYZ019-._+", min_size=1, max_size=20).filter(lambda name: MARK not in name)


def unit(name: str, *needs: str, component: str = "some-package:lib") -> Unit:
    return Unit(
        id=name, component=component, directory=Path("/p"), flags=(), source_dirs=(Path("/p"),), package_ids=needs
    )


@given(st.lists(NAMES, unique=True, max_size=12))
def test_ids_are_as_long_and_distinct(names: list[str]) -> None:
    ids = EditIds.of(map(unit, names))
    assert set(ids.by_unit) == {name for name in names if len(name) >= SUFFIX}
    assert all(len(edited) == len(name) for name, edited in ids.by_unit.items())
    assert len({*ids.by_unit.values(), *names}) == len(ids.by_unit) + len(names)


@given(st.lists(NAMES, unique=True, max_size=5), st.data())
def test_what_ghc_writes_is_restored(names: list[str], data: st.DataObject) -> None:
    ids = EditIds.of(map(unit, names))
    parts = st.one_of(st.sampled_from(sorted(ids.by_unit)) if ids.by_unit else st.nothing(), st.just(" a:b "))
    written = data.draw(st.lists(parts, max_size=6))
    expected = " ".join(written)
    said = " ".join(ids.by_unit.get(part, part) for part in written)
    assert ids.restored(said) == expected
    assert ids.restored_bytes(said.encode()) == expected.encode()


def test_units_are_seen_as_their_dependents_see_them() -> None:
    exposed = {"lib-0.1-inplace": ["A", "B.C"], "exe-0.1-inplace": []}
    ids = EditIds.of([unit("lib-0.1-inplace"), unit("exe-0.1-inplace")])
    given_flags = ["-Wall", "-package-id", "base-4.18", "-package-id=lib-0.1-inplace", "-XCPP"]
    found = edit_flags(
        unit("exe-0.1-inplace", "base-4.18", "lib-0.1-inplace"), given_flags, ["lib-0.1-inplace"], exposed, ids
    )
    assert found[:6] == ["-Wall", "-package-id", "base-4.18", "-package-id", "lib-0.1-inplace (A,B.C)", "-XCPP"]
    seen = [found[number + 1] for number, flag in enumerate(found) if flag == "-package-id"]
    assert seen[2:] == ["exe-0.1-inplace", ids.by_unit["lib-0.1-inplace"]]


@pytest.mark.parametrize(
    ("name", "component"),
    [
        ("plain-0.1-inplace", "plain:lib"),
        ("x-0.1-inplace-show-x", "x:exe:show-x"),
        ("pkg-1.2-inplace-1-2-3", "1-2:lib:3"),
        ("z-0.1-inplace-z_odd", "z:lib:z_odd"),
        ("main-5f3e", "a b/für-4"),
        ("1234", "..."),
    ],
)
async def test_ghc_pkg_takes_the_descriptions(ghc: Ghc, name: str, component: str, tmp_path: Path) -> None:
    program = find_ghc_pkg(await probe(ghc.path))
    (tmp_path / f"{name}.conf").write_text(description(unit(name, component=component), ["Main", "A.B", "A"]))
    for arguments in (["recache"], ["dump", "--expand-pkgroot"]):
        command = (program, "--package-db", tmp_path, "--no-user-package-db", *arguments)
        done = await process.run(command, cwd=tmp_path, timeout=seconds(60))
        assert done.code == 0, done.said
    assert (tmp_path / "package.cache").exists()
    # Long values stand on lines of their own.
    fields = dict(line.split(maxsplit=1) for line in done.stdout.splitlines() if len(line.split()) > 1)
    assert fields["id:"] == name
    assert fields["exposed-modules:"] == "A A.B Main"
