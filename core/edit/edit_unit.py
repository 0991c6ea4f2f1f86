"""What a unit is to an edit session: a package whose modules are all exposed, and a home unit of another id; pure.

The home unit cannot have the id of the package.  Its id is as long as the unit's own, so that whatever GHC writes with
the one in it, text or binary, becomes what it would have written with the other by replacing bytes.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import frozen

from thatch.core.project.model import Unit
from thatch.core.project.resolve import package_name

MARK = "+e"
"""What no build tool puts into a unit's id."""

SUFFIX = 4
"""How many characters at the end of a unit's id make room for the mark and a number."""

MOST_UNITS = 100

VIEW_VERSION = "0"
"""The version of the packages that stand for units."""

ABOUT_THE_WHOLE = ("-Wno-missing-home-modules", "-Wno-unused-packages")
"""Warnings that only make sense where all of a unit is loaded."""


@frozen
class EditIds:
    """The ids that the units of a project have as home units of edit sessions."""

    by_unit: Mapping[str, str]
    """By the unit's id; units whose id is too short have none, nor those beyond `MOST_UNITS`."""

    @classmethod
    def of(cls, units: Iterable[Unit]) -> "EditIds":
        """The ids for all units of a project."""
        named = [unit.id for unit in units if len(unit.id) >= SUFFIX][:MOST_UNITS]
        return cls({unit: f"{unit[:-SUFFIX]}{MARK}{number:02}" for number, unit in enumerate(named)})

    def restored(self, text: str) -> str:
        """A text of GHC's as it would be if the home units had the ids of their units."""
        if MARK in text:
            for unit, edited in self.by_unit.items():
                text = text.replace(edited, unit)
        return text

    def restored_bytes(self, data: bytes) -> bytes:
        """The same for what GHC wrote into a file."""
        if MARK.encode() in data:
            for unit, edited in self.by_unit.items():
                data = data.replace(edited.encode(), unit.encode())
        return data


def edit_flags(
    unit: Unit, given: Sequence[str], held: Iterable[str], exposed: Mapping[str, Sequence[str]], ids: EditIds
) -> list[str]:
    """The flags of a unit in an edit session which sees all units of the project as packages.

    `given` are the flags that the project's session gives it; `held` the ids of the units that have home modules;
    `exposed` has, for each unit, the modules that its dependents may import.
    """
    depends = [name for name in unit.package_ids if name in exposed]
    among = [ids.by_unit[name] for name in held if name in depends]
    return [
        *_narrowed(given, exposed),
        *(flag for name in (unit.id, *among) for flag in ("-package-id", name)),
        *ABOUT_THE_WHOLE,
    ]


def _narrowed(given: Sequence[str], exposed: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The flags with the packages that are units seen as their dependents see them."""
    flags = iter(given)
    for flag in flags:
        name = next(flags, "") if flag == "-package-id" else flag.removeprefix("-package-id=")
        if name == flag:
            yield flag
        elif name in exposed:
            yield from ("-package-id", f"{name} ({','.join(exposed[name])})")
        else:
            yield from ("-package-id", name)


def description(unit: Unit, modules: Iterable[str]) -> str:
    """The description of the package that stands for a unit in a view.

    Its interfaces lie beside the database in a folder named after the unit.  As `ghc-pkg describe` prints
    (Distribution.InstalledPackageInfo of Cabal 3.10).
    """
    return "".join(
        f"{field}: {value}\n"
        for field, value in (
            ("name", _package(unit)),
            ("version", VIEW_VERSION),
            ("id", unit.id),
            ("key", unit.id),
            ("exposed", "False"),
            ("exposed-modules", " ".join(sorted(modules))),
            ("import-dirs", f"${{pkgroot}}/{unit.id}"),
            ("depends", " ".join(unit.package_ids)),
        )
        if value
    )


def _package(unit: Unit) -> str:
    """The package's name as far as that can be one: parts with a letter in each, joined by hyphens."""
    parts = re.findall(r"[A-Za-z0-9]+", package_name(unit)) or re.findall(r"[A-Za-z0-9]+", unit.id) or ["unit"]
    return "-".join(part if re.search("[A-Za-z]", part) else f"v{part}" for part in parts)
