"""Units of source files without a build description."""

from pathlib import Path

import pytest

from tests.support.projects import names, write
from thatch.core.errors import CradleError
from thatch.core.project import bare
from thatch.core.project.model import Unit


def units(root: Path) -> dict[str, Unit]:
    made = bare.make_units(bare.sort_sources(bare.source_files(root)), root)
    return {unit.component: unit for unit in made}


def test_modules_of_several_roots_share_a_unit(tmp_path: Path) -> None:
    root = write(
        tmp_path / "p",
        {"src/A/B.hs": "module A.B where", "lib/C.lhs": "Text\n\n> module C where\n", "dist-newstyle/D.hs": "module D"},
    )

    made = units(root)

    assert set(made) == {"p"}
    assert names(made["p"]) == {"A.B", "C"}
    assert set(made["p"].source_dirs) == {root / "src", root / "lib"}


def test_modules_of_the_same_name_do_not(tmp_path: Path) -> None:
    root = write(
        tmp_path / "p", {"one/A.hs": "module A where", "two/A.hs": "module A where", "two/B.hs": "module B where"}
    )

    made = units(root)

    assert {component: names(unit) for component, unit in made.items()} == {"p": {"A"}, "two": {"A", "B"}}
    assert len({unit.id for unit in made.values()}) == 2


def test_programs_are_units_that_see_the_nearest_modules(tmp_path: Path) -> None:
    root = write(
        tmp_path / "p",
        {
            "one/A.hs": "module A where",
            "two/A.hs": "module A where",
            "two/run.hs": "import A\nmain = pure ()",
            "Odd.hs": "module Other where",
        },
    )

    made = units(root)

    assert made["two/run.hs"].package_ids == (made["two"].id,)
    assert made["two/run.hs"].flags == ("-package-id", made["two"].id)
    assert names(made["Odd.hs"]) == {"Other"}


@pytest.mark.parametrize("name", ["main", "..x", "Ünïcode", "---", "a b", "x" * 300])
def test_unit_ids_are_plain_and_never_main(name: str) -> None:
    made = bare.unit_id(Path("/w") / name, Path("/w") / name / "main.hs")

    assert made != "main"
    assert made.replace("-", "").isascii()
    assert made.replace("-", "").isalnum()
    assert len(made) < 60


def test_unit_ids_are_the_same_in_every_checkout() -> None:
    """Whoever changes them has everything compiled once more: they are part of the cache's keys."""
    for directory in (Path("/w/one"), Path("/elsewhere/two")):
        assert bare.unit_id(directory, directory) == "home-cdb4ee2a"
        assert bare.unit_id(directory, directory / "src") == "src-25a66342"
        assert bare.unit_id(directory, directory / "run.hs") == "run-260ccf96"
    assert bare.unit_id(Path("/w/one"), Path("/w/home")) != bare.unit_id(Path("/w/one"), Path("/w/one"))


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bare, "MAX_FILES", 2)
    root = write(tmp_path, {f"F{number}.hs": "" for number in range(3)})

    with pytest.raises(CradleError, match="more than 2 Haskell files"):
        bare.source_files(root)
