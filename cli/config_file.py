"""`thatch.toml`: a project's settings, and defaults of `thatch check`'s options."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from attrs import evolve, field, frozen

from thatch.core.errors import ThatchError
from thatch.core.sandbox.mode import SandboxMode
from thatch.core.settings import Settings

NAME = "thatch.toml"

CHECK = "check"
"""The table of options; all other keys are settings."""

BY_ENVIRONMENT = {
    "cacheDir": "THATCH_CACHE_DIR",
    "cacheRemote": "THATCH_CACHE_REMOTE",
    "cacheLimit": "THATCH_CACHE_LIMIT",
    "sandbox": "THATCH_SANDBOX",
}
"""Settings that a variable of the environment decides before the file does."""

NOT_IN_FILES = frozenset(
    "ghc jobs cradle_timeout cache_dir remote shard write_shard_times write_baseline watch help".split()
)
"""Options of `check` that are settings, which have keys of their own, and those that are for one call."""

_META = "thatch.settings"


@frozen
class Config:
    """What a file says."""

    settings: Settings = field(factory=Settings)

    options: Mapping[str, Any] = field(factory=dict)
    """The table of options as it is written."""


def find_config(start: Path) -> Path | None:
    """The nearest file, looking upwards to the root of a repository or the user's home."""
    home = Path.home()
    for folder in (start, *start.parents):
        if (folder / NAME).is_file():
            return folder / NAME
        if folder == home or (folder / ".git").exists():
            break
    return None


def read_config(path: Path) -> Config:
    """What a file says; paths in it are relative to its folder.  Raises ThatchError."""
    import tomllib

    from thatch.core.settings_reading import IGNORED, read_settings

    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ThatchError(message=f"{path} cannot be read: {error}.", remedy="It must be TOML in UTF-8.") from error
    options = found.pop(CHECK, {})
    if not isinstance(options, dict):
        raise ThatchError(message=f"In {path} `{CHECK}` must be a table.", remedy=f"Write [{CHECK}].")
    reading = read_settings({key: value for key, value in found.items() if not _decided(key)})
    if reading.problems:
        told = "\n".join(problem.removesuffix(IGNORED) + "." for problem in reading.problems)
        raise ThatchError(message=f"{path}: {told}", remedy="docs/settings.md lists all settings.")
    if reading.unknown:
        raise ThatchError(
            message=f"{path} has keys that mean nothing: {', '.join(reading.unknown)}.",
            remedy=f"docs/settings.md lists all settings; options of `thatch check` stand below [{CHECK}].",
        )
    if reading.settings.sandbox is SandboxMode.OFF and "sandbox" in found and not _decided("sandbox"):
        raise ThatchError(
            message=f"{path} must not switch the sandbox off: the project is what it guards against.",
            remedy="Set THATCH_SANDBOX=off yourself if you trust the project.",
        )
    cache_dir = path.parent / reading.settings.cache_dir
    return Config(evolve(reading.settings, cache_dir=cache_dir), options)


def use_config(context: click.Context) -> None:
    """Have the file that is found here decide what the command line leaves open.  Raises ThatchError."""
    path = find_config(Path.cwd())
    if path is not None:
        config = read_config(path)
        context.meta[_META] = config.settings
        if context.invoked_subcommand == CHECK:
            context.default_map = {CHECK: _options(config.options, path)}


def configured() -> Settings:
    """The settings of the command that is running, before its own options."""
    context = click.get_current_context(silent=True)
    found: Settings | None = context.meta.get(_META) if context else None
    return found or Settings()


def settings_with(**given: Any) -> Settings:
    """The same with what its options say; None and empty texts say nothing."""
    return evolve(configured(), **{name: value for name, value in given.items() if value not in ("", None)})


def _decided(key: str) -> bool:
    return bool(os.environ.get(BY_ENVIRONMENT.get(key, ""), ""))


def _options(table: Mapping[str, Any], path: Path) -> dict[str, Any]:
    from thatch.cli.check import check

    known = configurable(check)
    unknown = sorted(table.keys() - known.keys())
    if unknown:
        raise ThatchError(
            message=f"{path} has keys below [{CHECK}] that mean nothing: {', '.join(unknown)}.",
            remedy=f"There are: {', '.join(known)}.",
        )
    return {known[key].name or "": _option(key, value, known[key], path) for key, value in table.items()}


def configurable(command: click.Command) -> dict[str, click.Parameter]:
    """The options that a file may have, by their keys; all others are settings, or for one call alone."""
    options = [option for option in command.params if option.name not in NOT_IN_FILES]
    return {(option.opts[0].removeprefix("--")): option for option in options}


def kind_of(option: click.Parameter) -> type:
    """What its value is in a file: `bool`, `list` (of texts) or `str`."""
    if isinstance(option, click.Option) and option.is_flag:
        return bool
    return list if option.multiple or option.nargs == -1 else str


def _option(key: str, value: Any, option: click.Parameter, path: Path) -> Any:
    kind = kind_of(option)
    texts = value if kind is list and isinstance(value, list) else [value]
    if not isinstance(value, kind) or (kind is not bool and not all(isinstance(text, str) for text in texts)):
        expected = {bool: "true or false", list: "a list of strings", str: "a string"}[kind]
        raise ThatchError(message=f"In {path} `{key}` must be {expected}, not {value!r}.", remedy="See docs/check.md.")
    if not isinstance(option.type, click.Path | click.File):
        return value
    placed = [str(path.parent / text) for text in texts]
    return placed if kind is list else placed[0]
