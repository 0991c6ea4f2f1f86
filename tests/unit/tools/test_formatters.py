"""Which formatter is wanted."""

from pathlib import Path

import pytest

from thatch.core.errors import ThatchError
from thatch.core.tools.formatters import CABAL, FORMATTERS, HASKELL, Lines, Request, choose, family_of

ALL = ("stylish-haskell", "ormolu", "fourmolu")


@pytest.mark.parametrize(
    ("setting", "config", "installed", "program"),
    [
        ("", None, ALL, "fourmolu"),
        ("", None, ("stylish-haskell", "ormolu"), "ormolu"),
        ("", None, ("stylish-haskell",), "stylish-haskell"),
        ("", "/p/.ormolu", ALL, "ormolu"),
        ("", "/p/.stylish-haskell.yaml", (), "stylish-haskell"),
        ("", "/p/fourmolu.yaml", ("ormolu",), "fourmolu"),
        ("ormolu", "/p/fourmolu.yaml", ALL, "ormolu"),
        ("/opt/bin/ormolu", None, (), "/opt/bin/ormolu"),
    ],
)
def test_the_setting_decides_then_the_project_then_the_machine(
    setting: str, config: str | None, installed: tuple[str, ...], program: str
) -> None:
    choice = choose(HASKELL, setting, Path(config) if config else None, installed)
    assert choice.program == program
    assert choice.formatter.name == Path(program).name


@pytest.mark.parametrize(
    ("setting", "installed", "reason"),
    [("off", ALL, "switched off"), ("brittany", ALL, "no formatter brittany"), ("", (), "no formatter on PATH")],
)
def test_without_one_the_reason_is_said(setting: str, installed: tuple[str, ...], reason: str) -> None:
    with pytest.raises(ThatchError, match=reason):
        choose(HASKELL, setting, None, installed)


def test_every_formatter_is_asked_for_the_file_the_extensions_and_the_lines() -> None:
    request = Request(Path("/p/A.hs"), ("LambdaCase",), Lines(2, 3))
    said = {each.name: " ".join(each.arguments(request)) for each in FORMATTERS}
    ormolu = "--color never --stdin-input-file /p/A.hs --ghc-opt -XLambdaCase --start-line 2 --end-line 3"
    assert said == {"fourmolu": ormolu, "ormolu": ormolu, "stylish-haskell": ""}
    assert set(HASKELL.configs) == {"fourmolu.yaml", ".ormolu", ".stylish-haskell.yaml"}


def test_cabal_files_have_formatters_of_their_own() -> None:
    assert family_of(Path("/p/p.cabal")) is CABAL
    assert family_of(Path("/p/A.lhs")) is HASKELL
    assert choose(CABAL, "", None, ("ormolu", "cabal-gild", "cabal-fmt")).program == "cabal-fmt"
    assert choose(CABAL, "/opt/cabal-gild", None, ()).formatter.name == "cabal-gild"
    with pytest.raises(ThatchError, match=r"cabal-fmt, cabal-gild, or set thatch\.cabalFormatter"):
        choose(CABAL, "", None, ("ormolu",))
    with pytest.raises(ThatchError, match="no formatter ormolu"):
        choose(CABAL, "ormolu", None, ())
    said = {each.name: each.arguments(Request(Path("/p/p.cabal"))) for each in CABAL.formatters}
    assert said == {"cabal-fmt": (), "cabal-gild": ("--stdin=/p/p.cabal",)}
