"""Reading GHC's arguments."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thatch.core.ghc.flags import response_file
from thatch.core.project.arguments import Call, expand_response, read_call, split_response


def read(*arguments: str) -> Call:
    return read_call(Path("/project"), arguments, private=Path("/build"))


@pytest.mark.parametrize(
    "dropped",
    [
        ["-O2"],
        ["-O"],
        ["-j4"],
        ["-v0"],
        ["-g"],
        ["-static"],
        ["-dynamic-too"],
        ["-prof"],
        ["-o", "Main.hs"],
        ["-odir", "Out"],
        ["-odirOut"],
        ["-hidir=Out"],
        ["-outputdir", "Out"],
        ["-dynosuf", "dyn_o"],
        ["-threaded", "-rtsopts", "-with-rtsopts=-N -A4m"],
        ["+RTS", "-A64m", "-RTS"],
        ["-package-env", "-"],
        ["-package-env=-"],
        ["-fhpc", "-hpcdir", "Dir"],
        ["-lfoo", "-L/lib", "-optl-s", "-optl", "Strip"],
        ["-pgmi", "Iserv", "-opti-x"],
        ["-package-db", "/build/packagedb/x"],
        ["-ddump-splices", "-dumpdir", "Dir"],
        ["-fforce-recomp"],
        ["-this-unit-id", "Unit"],
        ["cbits/one.o", "cbits/one.c"],
    ],
)
def test_what_is_not_the_units_is_dropped_with_its_value(dropped: list[str]) -> None:
    call = read("-XCPP", *dropped, "Lib.Foo")

    assert (call.flags, call.targets) == (("-XCPP",), ("Lib.Foo",))


@pytest.mark.parametrize(
    "kept",
    [
        ["-Wall"],
        ["-main-is", "Other"],
        ["-package-id", "base-4"],
        ["-package-id=base-4"],
        ["-package-db", "/store/db"],
        ["-optP-include", "-optPmacros.h"],
        ["-optP", "Macros"],
        ["-plugin-package", "Plugin"],
        ["-fplugin=My.Plugin", "-fplugin-opt", "My.Plugin:x"],
        ["-pgmF", "Preprocess", "-F"],
        ["-optlo", "Value"],
        ["-I/include"],
        ["-ignore-package", "foo"],
        ["-no-user-package-db", "-clear-package-db"],
    ],
)
def test_what_is_the_units_is_kept_with_its_value(kept: list[str]) -> None:
    call = read(*kept, "Lib.Foo", "src/Main.hs")

    assert (call.flags, call.targets) == (tuple(kept), ("Lib.Foo", "src/Main.hs"))


def test_source_folders_are_those_that_ghc_searches() -> None:
    assert read("-isrc").source_dirs == (".", "src")
    assert read("-i", "-isrc:app", "-igen").source_dirs == ("src", "app", "gen")
    assert read("-isrc", "-i").source_dirs == ()
    assert read().source_dirs == (".",)


def test_what_a_call_says_about_itself() -> None:
    call = read(
        "-this-unit-id", "a-1", "-odir", "/build/a", "-package-id", "b", "-package-id=c", "-main-is", "Foo", "-prof"
    )

    assert (call.unit_id, call.output, call.package_ids, call.main_is) == ("a-1", "/build/a", ("b", "c"), "Foo")
    assert call.profiled
    assert not call.backpack


def test_private_databases_are_known_but_not_kept() -> None:
    call = read("-package-db", "/build/db", "-package-db", "/store/db")

    assert call.package_dbs == ("/build/db", "/store/db")
    assert call.flags == ("-package-db", "/store/db")


def test_a_value_may_be_missing_at_the_end() -> None:
    assert read("Lib", "-odir").targets == ("Lib",)


def test_recorded_response_files_are_read() -> None:
    recorded = "@\n-isrc\n\"-D A\"\n'x y' a\\ b"

    assert expand_response(["--make", recorded, "Z"]) == ["--make", "-isrc", "-D A", "x y", "a b", "Z"]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1)))
def test_response_files_are_read_as_they_are_written(arguments: list[str]) -> None:
    # What Haskell does not take for white space is not written with a backslash.
    plain = [word for word in arguments if not any(c.isspace() and c not in " \t\n\r\f\v" for c in word)]

    assert split_response(response_file(plain)) == plain


@given(st.lists(st.text()))
def test_any_arguments_are_read(arguments: list[str]) -> None:
    call = read(*arguments)

    assert set(call.targets) <= {*arguments, *expand_response(arguments)}
