"""`thatch.toml`: where it is, and what it says of settings; its options of `thatch check` are only passed on."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from thatch.core.errors import ThatchError
from thatch.core.sandbox.mode import SandboxMode

NAME = "thatch.toml"

VERSION = 1
"""Of what a file may say: grows when a key goes or changes its meaning, not when one is added."""

CHECK = "check"
"""The table of options; all other keys are settings."""

BY_ENVIRONMENT = {
    "cacheDir": "THATCH_CACHE_DIR",
    "cacheRemote": "THATCH_CACHE_REMOTE",
    "cacheLimit": "THATCH_CACHE_LIMIT",
    "sandbox": "THATCH_SANDBOX",
}
"""Settings that a variable of the environment decides before the file does."""


@frozen
class SettingsFile:
    """What a file says."""

    section: Mapping[str, Any] = field(factory=dict)
    """The settings that it decides, all of them right, as `read_settings` takes them; paths are absolute."""

    options: Mapping[str, Any] = field(factory=dict)
    """The table of options as it is written."""


def find_settings_file(start: Path) -> Path | None:
    """The nearest file, looking upwards to the root of a repository or the user's home.  Blocking."""
    home = Path.home()
    for folder in (start, *start.parents):
        if (folder / NAME).is_file():
            return folder / NAME
        if folder == home or (folder / ".git").exists():
            break
    return None


def read_settings_file(path: Path) -> SettingsFile:
    """What a file says; paths in it are relative to its folder.  Raises ThatchError.  Blocking."""
    import tomllib

    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ThatchError(message=f"{path} cannot be read: {error}.", remedy="It must be TOML in UTF-8.") from error
    options = found.pop(CHECK, {})
    if not isinstance(options, dict):
        raise ThatchError(message=f"In {path} `{CHECK}` must be a table.", remedy=f"Write [{CHECK}].")
    section = {key: value for key, value in found.items() if not _decided(key)}
    _complain(path, section)
    if "cacheDir" in section:
        section["cacheDir"] = str(path.parent / Path(section["cacheDir"]).expanduser())
    return SettingsFile(section, options)


def _complain(path: Path, section: Mapping[str, Any]) -> None:
    """Raise ThatchError for what a file must not say."""
    # Most projects have no such file, and cattrs takes a while to import.
    from thatch.core.settings_reading import IGNORED, read_settings

    reading = read_settings(section)
    if reading.problems:
        told = "\n".join(problem.removesuffix(IGNORED) + "." for problem in reading.problems)
        raise ThatchError(message=f"{path}: {told}", remedy="docs/settings.md lists all settings.")
    if reading.unknown:
        raise ThatchError(
            message=f"{path} has keys that mean nothing: {', '.join(reading.unknown)}.",
            remedy=f"docs/settings.md lists all settings; options of `thatch check` stand below [{CHECK}].",
        )
    if "sandbox" in section and reading.settings.sandbox is SandboxMode.OFF:
        raise ThatchError(
            message=f"{path} must not switch the sandbox off: the project is what it guards against.",
            remedy="Set THATCH_SANDBOX=off yourself if you trust the project.",
        )


def _decided(key: str) -> bool:
    return bool(os.environ.get(BY_ENVIRONMENT.get(key, ""), ""))
