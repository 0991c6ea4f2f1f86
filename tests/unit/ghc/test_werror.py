from functools import cache
from pathlib import Path

import pytest

from tests.unit.ghc.real_ghc import find_ghc, run
from thatch.core.diagnostics import Diagnostic, Severity
from thatch.core.ghc.output import Notice, Said
from thatch.core.ghc.output_parser import OutputParser
from thatch.core.ghc.werror import Fatal, silences_errors, split_werror

VERSIONS = {"9.6": (9, 6, 6), "9.10": (9, 10, 3)}

MODULE = """module M (exported) where
import Data.List
import Prelude
unused = 1
exported :: Int -> Int
exported shadow = let shadow = 2; local = 3 in old shadow
{-# DEPRECATED old "x" #-}
old :: Int -> Int
old x = case x of 0 -> 1
\t-- a tab
star :: P (a :: *) -> ()
star _ = ()
data P a = P
{-# NONSENSE #-}
f :: Int
f = oldish
 where oldish = head []
"""
"""Warnings of the groups default, extra, all and compat, of none, and (on 9.10) of a category."""

COMBINATIONS = [
    "-Wall",
    "-Wall -Werror",
    "-Werror -Wall",
    "-Wall -Werror -Wwarn",
    "-Wall -Wwarn -Werror",
    "-Wall -Werror -Wwarn=unused-imports",
    "-Wall -Werror -Wno-error=unused-imports -Wno-error=tabs",
    "-Wall -Wno-error=tabs -Werror",
    "-Werror=unused-imports",
    "-Werror=unused-imports -Wall -Wno-unused-imports",
    "-Werror=unused-imports -Wwarn",
    "-Werror=unused-imports -Werror=name-shadowing -Wwarn=name-shadowing -Wall",
    "-Wall -Werror=compat -Wcompat",
    "-Wall -Werror=compat -Wwarn=compat",
    "-Wall -Weverything -Werror=missing-local-sigs -Werror=missing-export-lists",
    "-Wall -Werror=everything",
    "-Wall -Werror=all -Wwarn=unused-binds",
    "-Wall -Werror=extra",
    "-Wall -Werror=default",
    "-Wall -Werror=unused-binds",
    "-Wall -Werror=extended-warnings",
    "-Wall -Werror -Wwarn=deprecations -Wno-error=warnings-deprecations",
    "-Wall -optc -Werror",
]


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("werror")
    (folder / "M.hs").write_text(MODULE, "utf-8")
    return folder


@cache
def messages(series: str, folder: Path, flags: tuple[str, ...]) -> list[Said | Notice]:
    # `-ddump-json` itself is deprecated, and an error under `-Werror`.
    command = [find_ghc(series), "-fno-code", "-ddump-json", *flags, "-Wno-deprecated-flags", "M.hs"]
    parser = OutputParser(lambda name: folder / name)
    outputs = [output for line in run(command, folder).split("\n") for output in parser.feed(line)]
    return [output for output in outputs if isinstance(output, Said | Notice)]


def diagnostics(series: str, folder: Path, flags: tuple[str, ...]) -> list[Diagnostic]:
    return [said.diagnostic for said in messages(series, folder, flags) if isinstance(said, Said)]


@pytest.mark.parametrize("series", VERSIONS)
@pytest.mark.parametrize("combination", COMBINATIONS)
def test_what_is_fatal_is_what_the_real_ghc_calls_an_error(series: str, combination: str, module: Path) -> None:
    flags = tuple(combination.split())
    session, fatal = split_werror(flags)
    theirs = [(said.span, said.flag, said.severity) for said in diagnostics(series, module, flags)]
    ours = [
        (said.span, said.flag, fatal.severity(said, VERSIONS[series])) for said in diagnostics(series, module, session)
    ]
    assert theirs
    if (series, combination) == ("9.6", "-Wall -Werror=everything"):
        # 9.6 does not know the flag, so that it switches nothing on; what it says otherwise is judged alike.
        ours = [said for said in ours if said in theirs]
    assert ours == theirs


@pytest.mark.parametrize(
    ("flags", "kept"),
    [
        ("-Wall -Werror", "-Wall"),
        ("-Werror=unused-imports -Wno-error=tabs -Wwarn=tabs -Wwarn", "-Wunused-imports"),
        ("-Werror=compat -O0", "-Wcompat -O0"),
        ("-optc -Werror -optP -Wwarn -Werror", "-optc -Werror -optP -Wwarn"),
        ("-optc-Werror", "-optc-Werror"),
        ("-w", "-w -Wdeferred-type-errors -Wdeferred-out-of-scope-variables -Wtyped-holes"),
    ],
)
def test_the_flags_come_back_without_fatality(flags: str, kept: str) -> None:
    assert split_werror(flags.split())[0] == tuple(kept.split())


def test_a_warning_that_no_flag_controls_is_fatal_under_a_bare_werror_only() -> None:
    notice = Notice(Severity.WARNING, "-XGeneralizedNewtypeDeriving is not allowed in Safe Haskell")
    assert Fatal().severity(notice, (9, 6)) is Severity.WARNING
    assert Fatal().then(["-Werror"]).severity(notice, (9, 6)) is Severity.ERROR
    assert Fatal().then(["-Werror=everything"]).severity(notice, (9, 10)) is Severity.WARNING
    assert Fatal().then(["-Werror", "-Wwarn"]).severity(notice, (9, 10)) is Severity.WARNING


@pytest.mark.parametrize("series", VERSIONS)
def test_a_flagless_warning_and_the_real_ghc(series: str, tmp_path: Path) -> None:
    (tmp_path / "M.hs").write_text("{-# LANGUAGE Safe #-}\nmodule M where\n", "utf-8")
    for flags, expected in (
        (["-Werror"], Severity.ERROR),
        (["-Werror=tabs"], Severity.WARNING),
        (["-Werror", "-Wwarn"], Severity.WARNING),
    ):
        (theirs,) = [
            said for said in messages(series, tmp_path, tuple(flags)) if isinstance(said, Notice) and not said.flag
        ]
        assert (theirs.severity, theirs.text.startswith("-XGeneralizedNewtypeDeriving")) == (expected, True)


def test_a_modules_own_flags_come_after_the_command_lines() -> None:
    _, fatal = split_werror(["-Wall", "-Werror"])
    notice = Notice(Severity.WARNING, "", flag="-Wtabs")
    assert fatal.severity(notice, (9, 6)) is Severity.ERROR
    assert fatal.then(["-Wwarn=tabs"]).severity(notice, (9, 6)) is Severity.WARNING


@pytest.mark.parametrize("series", VERSIONS)
@pytest.mark.parametrize(
    "flags", ["-w", "-Wno-everything", "-Wno-default", "-Wno-all", "-Wno-extra", "-fno-warn-deferred-type-errors"]
)
def test_flags_that_silence_deferred_errors_are_undone(series: str, flags: str, tmp_path: Path) -> None:
    (tmp_path / "M.hs").write_text("module M where\nx :: Int\nx = 'c'\n", "utf-8")
    assert silences_errors([flags])
    assert diagnostics(series, tmp_path, ("-fdefer-type-errors", flags)) == []
    (said,) = diagnostics(series, tmp_path, ("-fdefer-type-errors", *split_werror([flags])[0]))
    assert (said.code, said.severity) == ("GHC-83865", Severity.ERROR)
