"""The settings that `thatch.toml` files of an editor's folders give; the editor's own stand over them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from thatch.core.errors import ThatchError
from thatch.core.settings_file import find_settings_file, read_settings_file


@frozen
class FileSettings:
    """What the files say."""

    path: Path | None = field(default=None)
    """The file that counts, if there is one."""

    section: Mapping[str, Any] = field(factory=dict)
    """The settings in it, as `read_settings` takes them; none if it has mistakes."""

    problems: tuple[str, ...] = field(default=())
    """For the user."""


def read_files(folders: Iterable[Path]) -> FileSettings:
    """What the files of folders say; a workspace has one set of settings: the first file counts.  Blocking."""
    found = list(dict.fromkeys(path for folder in folders if (path := find_settings_file(folder))))
    if not found:
        return FileSettings()
    first, *others = found
    problems = [f"{other} is not used: the settings of {first} are those of all folders." for other in others]
    try:
        return FileSettings(first, read_settings_file(first).section, tuple(problems))
    except ThatchError as error:
        return FileSettings(first, {}, (f"{error}\nNothing of it is used.", *problems))
