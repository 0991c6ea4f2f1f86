"""Cabal's own configuration: where it is, and a stand-in for machines where it is absent or leads to the network."""

import os
import re
from pathlib import Path

_REPOSITORY = re.compile(
    r"^(?:remote-repo:[^\n]*\n?|repository[ \t][^\n]*\n?(?:[ \t]+[^\n]*\n?|[ \t]*\n)*)", re.MULTILINE
)

_DOWNLOADS = re.compile(r"^remote-repo-cache[ \t]*:[ \t]*(\S.*)$", re.MULTILINE)


def config_path() -> Path:
    """The configuration that cabal reads (3.10 and later): it may not exist, and cabal would then write it."""
    if chosen := os.environ.get("CABAL_CONFIG"):
        return Path(chosen)
    if folder := os.environ.get("CABAL_DIR"):
        return Path(folder) / "config"
    old = Path.home() / ".cabal"
    new = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "cabal"
    # An old folder counts only while there is no new one.
    return (old if old.is_dir() and not (new / "config").is_file() else new) / "config"


def download_folders() -> tuple[Path, ...]:
    """The folders that cabal downloads packages into (`<repository>/<name>/<version>/`); they may not exist."""
    config = config_path()
    try:
        found = _DOWNLOADS.findall(config.read_text("utf-8", "replace"))
    except OSError:
        found = []
    if found:
        return (Path(found[-1].strip()).expanduser(),)
    if folder := os.environ.get("CABAL_DIR"):
        return (Path(folder) / "packages",)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cabal"
    return (Path.home() / ".cabal" / "packages", cache / "packages")


def without_repositories(config: str) -> str:
    """A configuration's text without its remote repositories: cabal then asks no network."""
    return _REPOSITORY.sub("", config if config.endswith("\n") or not config else f"{config}\n")


def write_offline(folder: Path) -> Path:
    """Write below `folder` the user's configuration without its repositories, or one for a user who has none.

    Without a configuration cabal would write one, and ask a network for the list of packages.
    """
    users = config_path()
    if users.is_file():
        text = without_repositories(users.read_text("utf-8", "replace"))
    else:
        text = f"store-dir: {folder / 'store'}\nlogs-dir: {folder / 'logs'}\n"
    path = folder / "cabal-offline.config"
    path.write_text(f"-- Written by thatch, for a project's description without a network.\n{text}", "utf-8")
    return path
