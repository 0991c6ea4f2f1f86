"""`thatch.toml` on the command line: settings of the command that runs, and defaults of `thatch check`'s options."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from attrs import evolve

from thatch.core.errors import ThatchError
from thatch.core.settings import Settings
from thatch.core.settings_file import CHECK, find_settings_file, read_settings_file

NOT_IN_FILES = frozenset(
    "ghc jobs cradle_timeout cache_dir remote shard shard_wait write_shard_times write_baseline watch help".split()
)
"""Options of `check` that are settings, which have keys of their own, and those that are for one call."""

_META = "thatch.settings"


def use_config(context: click.Context) -> None:
    """Have the file that is found here decide what the command line leaves open.  Raises ThatchError."""
    path = find_settings_file(Path.cwd())
    if path is not None:
        from thatch.core.settings_reading import read_settings

        found = read_settings_file(path)
        context.meta[_META] = read_settings(found.section).settings
        if context.invoked_subcommand == CHECK:
            context.default_map = {CHECK: _options(found.options, path)}


def configured() -> Settings:
    """The settings of the command that is running, before its own options."""
    context = click.get_current_context(silent=True)
    found: Settings | None = context.meta.get(_META) if context else None
    return found or Settings()


def settings_with(**given: Any) -> Settings:
    """The same with what its options say; None and empty texts say nothing."""
    return evolve(configured(), **{name: value for name, value in given.items() if value not in ("", None)})


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
