from pathlib import Path

import pytest

from tests.unit.ghc.real_ghc import find_ghc, load, run
from thatch.core.ghc.warning_flags import canonical, flag_of, in_group, is_group

CONSTRUCTORS = [
    line.split()
    for line in (Path(__file__).parent / "samples/warning_constructors.txt").read_text("utf-8").split("\n")
    if line.startswith("Opt_")
]
VERSIONS = {"9.6": (9, 6, 6), "9.10": (9, 10, 3)}


@pytest.mark.parametrize("series", VERSIONS)
def test_every_constructor_has_a_flag_that_its_ghc_knows(series: str) -> None:
    known = set(run([find_ghc(series), "--show-options"]).split())
    flags = {constructor: flag_of(constructor) for constructor, *since in CONSTRUCTORS if series in since}
    assert len(set(flags.values())) == len(flags) > 90
    assert {constructor: flag for constructor, flag in flags.items() if flag not in known} == {}


def switched(series: str, folder: Path, *flags: str) -> set[str]:
    """What `:set` tells of warnings: those that are not as they are without flags, with `no-` before those off."""
    words = [word for line in load(series, folder, *flags, commands=":set\n") for word in line.split()]
    return {word.removeprefix("-W") for word in words if word.startswith("-W")}


@pytest.mark.parametrize(
    ("series", "group"),
    [("9.6", "compat"), *(("9.10", group) for group in ("compat", "unused-binds", "default", "extra", "all"))],
)
def test_groups_have_the_members_that_the_real_ghc_gives_them(series: str, group: str, tmp_path: Path) -> None:
    default = {name.removeprefix("no-") for name in switched(series, tmp_path, "-Wno-everything")}
    shown = switched(series, tmp_path, "-Wno-everything", f"-W{group}")
    off = {name.removeprefix("no-") for name in shown if name.startswith("no-")}
    members = {name for name in shown if not name.startswith("no-")} | (default - off)
    names = {flag_of(constructor).removeprefix("-W") for constructor, *since in CONSTRUCTORS if series in since}
    assert {name for name in names if in_group(name, group, VERSIONS[series])} == members


def test_until_9_8_only_one_group_could_be_made_fatal() -> None:
    assert is_group("all")
    assert not in_group("unused-imports", "all", (9, 6, 6))
    assert in_group("unused-imports", "all", (9, 8, 1))
    # A GHC that is newer than the table is taken as the newest in it.
    assert in_group("unused-imports", "extra", (10, 2))


@pytest.mark.parametrize("category", ["deprecations", "x-partial"])
def test_categories_are_in_the_groups_that_hold_extended_warnings(category: str) -> None:
    groups = ("extended-warnings", "default", "extra", "all", "everything", "compat", "unused-binds")
    assert [group for group in groups if in_group(category, group, (9, 10, 3))] == list(groups[:5])


def test_synonyms_have_one_canonical_name() -> None:
    assert canonical("warnings-deprecations") == canonical("deprecations") == "deprecations"
    assert canonical("missing-local-sigs") == "missing-local-signatures"
