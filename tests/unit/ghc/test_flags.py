"""The command line of sessions: quoting, names of targets, and what comes before what."""

from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from thatch.core.ghc.flags import (
    UnitFolders,
    found_at,
    response_file,
    session_command,
    target_name,
    unit_arguments,
)
from thatch.core.ghc.toolchain import MessageStyle, Toolchain
from thatch.core.project.model import Module, Role, Unit

ROOT = Path("/project")
UNIT = Unit(
    id="pkg-1-inplace",
    component="pkg:lib",
    directory=ROOT,
    flags=("-Wall", "-XCPP", "-Werror"),
    source_dirs=(ROOT, ROOT / "src", ROOT / "src/deep"),
    modules=(Module("Lib", ROOT / "src/Lib.hs", Role.EXPOSED), Module("Inner", ROOT / "src/Inner.hs")),
)
FOLDERS = UnitFolders(Path("/o/0"), Path("/i/pkg"))
TOOLCHAIN = Toolchain(
    ghc=Path("/bin/ghc"),
    version=(9, 6, 6),
    libdir=Path("/lib"),
    id="ghc-9.6.6-0",
    message_style=MessageStyle.DUMP_JSON,
    dynamic=False,
    interpreters={},
)


def unescape(text: str) -> list[str]:
    """How `GHC.ResponseFile` reads such a file, without its quotes, which are not used."""
    arguments, current, escaping = [], "", False
    for character in text:
        if escaping:
            current, escaping = current + character, False
        elif character == "\\":
            escaping = True
        elif character.isspace():
            arguments.append(current)
            current = ""
        else:
            assert character not in "'\""
            current += character
    return [argument for argument in [*arguments, current] if argument]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1)))
def test_response_files_are_read_back(arguments: list[str]) -> None:
    assert unescape(response_file(arguments)) == arguments


def test_a_response_file() -> None:
    arguments = ["-i", "a b'c\"d\\e", "tab\there", "no\u00a0break", "\u3000wide"]
    expected = "-i\na\\ b\\'c\\\"d\\\\e\ntab\\\there\nno\\\u00a0break\n\\\u3000wide\n"
    assert response_file(arguments) == expected


@pytest.mark.parametrize(
    ("name", "path", "expected"),
    [
        ("Lib", "src/Lib.hs", "Lib"),
        ("Lib.Foo", "src/Lib/Foo.hs", "Lib.Foo"),
        ("Lib.Foo", "src/Lib/Foo.lhs", "Lib.Foo"),
        ("Main", "src/Main.hs", "Main"),
        ("Main", "src/tool.hs", None),
        ("Main", "Setup.hs", None),
        ("Main", "src/tool.v2.hs", None),
        ("Lib.Foo", "src/Lib.Foo.hs", None),
        ("Foo", "src/deep/Foo.hs", "Foo"),
        # GHC would find it by this name as well, but an overlay could not hide it.
        ("deep.Foo", "src/deep/Foo.hs", None),
        ("Gen", "/elsewhere/Gen.hs", None),
    ],
)
def test_target_names(name: str, path: str, expected: str | None) -> None:
    assert target_name(UNIT, Module(name, ROOT / path)) == expected


def test_the_innermost_source_folder_counts() -> None:
    assert found_at(UNIT, ROOT / "src/deep/Foo.hs") == Path("Foo.hs")
    assert found_at(UNIT, ROOT / "src/Lib.hs") == Path("Lib.hs")
    assert found_at(UNIT, ROOT / "app/Main.hs") == Path("app/Main.hs")
    assert found_at(UNIT, Path("/elsewhere/Gen.hs")) is None


def arguments(**changes: tuple[str, ...]) -> list[str]:
    given = (*changes.get("flags", UNIT.flags), *changes.get("extra", ()))
    return unit_arguments(UNIT, FOLDERS, targets=["Lib"], include_dirs=[Path("inc")], given=given)


def test_the_overlay_is_searched_first_and_the_current_folder_never() -> None:
    searched = [argument for argument in arguments() if argument.startswith("-i")]
    assert searched == ["-i", "-i/o/0", "-i/project", "-i/project/src", "-i/project/src/deep"]


def test_the_users_flags_follow_the_units() -> None:
    given = arguments(flags=("-Wall",), extra=("-Wno-all",))
    assert given.index("-Wall") < given.index("-Wno-all") < given.index("-i")
    assert given[:4] == ["-this-unit-id", "pkg-1-inplace", "-working-dir", "/project"]
    assert given[-1] == "Lib"


def test_all_that_ghc_writes_goes_into_the_interfaces_folder() -> None:
    given = arguments(flags=("-hidir", "/theirs"))
    for flag in ("-hidir", "-hiedir", "-odir", "-dumpdir"):
        last = len(given) - 1 - given[::-1].index(flag)
        assert given[last + 1] == "/i/pkg"


def test_no_folder_of_the_session_is_hashed_into_interfaces() -> None:
    """GHC searches the folder of `-stubdir` for `#include` as well: its path would be among the hashed flags."""
    assert "-stubdir" not in arguments()
    given = unit_arguments(UNIT, FOLDERS, targets=["Lib"], include_dirs=[], given=(), makes_stubs=True)
    assert given[given.index("-stubdir") + 1] == "/i/pkg"


def test_fatal_warnings_are_not_fatal_to_the_session() -> None:
    assert "-Werror" not in arguments()
    assert "-optP-Iinc" in arguments()


def test_modules_that_are_not_exposed_are_hidden_from_other_units() -> None:
    assert [argument for argument in arguments() if "hidden" in argument] == ["-hidden-module=Inner"]


@pytest.mark.parametrize(("dynamic", "expected"), [(True, True), (False, False)])
def test_a_dynamic_ghc_loads_dynamic_code(dynamic: bool, expected: bool) -> None:
    command = session_command(evolve(TOOLCHAIN, dynamic=dynamic), jobs=3, interpreter=None)
    assert ("-dynamic" in command) is expected
    assert command[0] == "/bin/ghc"
    assert {"-j3", "-ddump-json", "--interactive"} <= set(command)
    assert "-fexternal-interpreter" not in command


def test_an_external_interpreter() -> None:
    command = session_command(TOOLCHAIN, jobs=1, interpreter=Path("/s/interpreter"))
    assert command[-3:] == ["-fexternal-interpreter", "-pgmi", "/s/interpreter"]
