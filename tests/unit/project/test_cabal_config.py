"""Cabal's configuration without its repositories."""

from pathlib import Path

import pytest

from thatch.core.project.cabal_config import config_path, download_folders, without_repositories

CONFIG = """\
-- repository in a comment
repository main
  url: https://packages.invalid/
  secure: True

  root-keys:

remote-repo: other:http://other.invalid
remote-repo-cache: /cache
with-compiler: ghc-9.6
repository-not: kept
repository local
  url: file:/somewhere"""


def test_repositories_go_and_all_else_stays() -> None:
    assert without_repositories(CONFIG) == (
        "-- repository in a comment\nremote-repo-cache: /cache\nwith-compiler: ghc-9.6\nrepository-not: kept\n"
    )


def test_nothing_stays_nothing() -> None:
    assert without_repositories("") == ""


def test_the_configuration_is_where_cabal_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CABAL_CONFIG", "CABAL_DIR", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert config_path() == tmp_path / ".config/cabal/config"

    (tmp_path / ".cabal").mkdir()
    assert config_path() == tmp_path / ".cabal/config"

    monkeypatch.setenv("CABAL_DIR", "/elsewhere")
    assert config_path() == Path("/elsewhere/config")

    monkeypatch.setenv("CABAL_CONFIG", "/a/file")
    assert config_path() == Path("/a/file")


def test_downloads_are_where_cabal_puts_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CABAL_CONFIG", "CABAL_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert download_folders() == (tmp_path / ".cabal/packages", tmp_path / ".cache/cabal/packages")

    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    assert download_folders() == (tmp_path / ".cabal/packages", Path("/cache/cabal/packages"))

    monkeypatch.setenv("CABAL_DIR", str(tmp_path / "cabal"))
    assert download_folders() == (tmp_path / "cabal/packages",)

    config = tmp_path / "config"
    monkeypatch.setenv("CABAL_CONFIG", str(config))
    config.write_text("-- remote-repo-cache: /commented\nremote-repo-cache: ~/own folder \n")
    assert download_folders() == (tmp_path / "own folder",)
