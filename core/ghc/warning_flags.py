"""The names and groups of GHC's warnings, from `warnings.json`; what makes a warning fatal is in `werror`.

The table holds facts of GHC/Driver/Flags.hs (`warnFlagNames`, `warningGroupFlags`) of 9.6.6 and 9.10.3:

- `irregular_names`: constructors whose flag is not simply the constructor in kebab case;
- `synonyms`: other spellings that GHC accepts;
- `groups`: by the first version they hold for, the groups that `-Werror=` accepts and their members;
  `extra` adds to `default`, `all` adds to `extra`.
"""

import json
import re
from functools import cache

from attrs import frozen

Version = tuple[int, ...]
"""A version of GHC, such as `(9, 6, 6)`."""


@cache
def flag_of(constructor: str) -> str:
    """The flag of a constructor of GHC's `WarningFlag`: `-Wunused-imports` for `Opt_WarnUnusedImports`."""
    name = _table().irregular_names.get(constructor)
    return f"-W{name or _kebab(constructor.removeprefix('Opt_Warn'))}"


def canonical(name: str) -> str:
    """The spelling that GHC itself uses for a warning's name (without `-W`)."""
    return _table().synonyms.get(name, name)


def is_group(name: str) -> bool:
    """Whether some GHC accepts `-Werror=<name>` for a group of warnings."""
    return name in _OPEN_GROUPS or any(name in groups for groups in _table().groups.values())


def in_group(name: str, group: str, version: Version) -> bool:
    """Whether `-Werror=<group>` of that GHC is about the warning with that canonical name."""
    groups = _groups(version)
    if len(groups) == 1:
        # Until 9.8 `-Wcompat` was the only group that could be made fatal.
        return name in groups.get(group, ())
    if group == "everything":
        return True
    if _is_category(name):
        return group in ("extended-warnings", *_NESTED_GROUPS)
    if group in _NESTED_GROUPS:
        return any(name in groups[inner] for inner in _NESTED_GROUPS[: _NESTED_GROUPS.index(group) + 1])
    return name in groups.get(group, ())


_NESTED_GROUPS = ("default", "extra", "all")
_OPEN_GROUPS = ("everything", "extended-warnings")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@frozen
class _Table:
    irregular_names: dict[str, str]
    synonyms: dict[str, str]
    groups: dict[Version, dict[str, frozenset[str]]]


@cache
def _table() -> _Table:
    # Its import takes longer than what it is used for.
    from importlib.resources import files

    raw = json.loads(files("thatch.core.ghc").joinpath("warnings.json").read_text("utf-8"))
    return _Table(
        irregular_names=raw["irregular_names"],
        synonyms=raw["synonyms"],
        groups={
            tuple(map(int, since.split("."))): {group: frozenset(names) for group, names in groups.items()}
            for since, groups in raw["groups"].items()
        },
    )


@cache
def _groups(version: Version) -> dict[str, frozenset[str]]:
    groups = _table().groups
    known = [since for since in sorted(groups) if since <= version]
    return groups[known[-1] if known else min(groups)]


def _kebab(name: str) -> str:
    return _HUMP.sub("-", name).lower()


def _is_category(name: str) -> bool:
    # Warnings that libraries define have names in `x-`; deprecations are the one category without it.
    return name == "deprecations" or name.startswith("x-")
