"""How SCIP names what modules define: the same text in the index of the package and of all that use it.

    thatch hackage shelf 0.1.0.0 `Shelf.Book`/Book#
    scheme manager package version module     type

What follows the module is `name.` for values and constructors, `Type#` for types and classes, `Constructor.field.` for
fields that GHC tells apart by their constructor, and `` `instance Show Book`: `` for instances.  Names known in their
file only are `local 12`.  (The grammar is in the comment on `Symbol` in scip.proto.)
"""

import re
from collections.abc import Mapping

from attrs import frozen

from thatch.core.hi.model import Namespace, OccName
from thatch.core.index.model import KNOWN, MODULE, NameKey

SCHEME = "thatch"
MANAGER = "hackage"


@frozen
class Package:
    """What a unit is called to those who have never seen it."""

    name: str
    version: str


@frozen
class Symbols:
    """Names the names of one project."""

    home: Mapping[str, Package]
    """The units of the project."""

    modules: Mapping[tuple[str, str], str]
    """The project's modules by unit and name: the unit that they count as a part of, where several compile their file.
    """

    def symbol(self, key: NameKey, units: Mapping[str, str]) -> str | None:
        """A name's symbol; None for what GHC gives no name.  `units` tells of which unit a module is."""
        if key.namespace == KNOWN:
            return None
        if key.namespace == MODULE:
            return self.module(units.get(key.text, ""), key.text)
        occ = OccName(key.text, Namespace(key.namespace), key.parent).as_written
        return self.module(key.unit, key.module) + _descriptor(occ)

    def module(self, unit: str, name: str) -> str:
        """A module's symbol."""
        unit = self.modules.get((unit, name), unit)
        package = self.home.get(unit) or package_of(unit)
        parts = (SCHEME, MANAGER, package.name, package.version)
        return f"{' '.join(_part(part) for part in parts)} {identifier(name)}/"


def package_of(unit: str) -> Package:
    """The package of an installed unit by its id, such as `aeson-2.1.2.1-abcdef`; GHC's own have no version there."""
    found = _UNIT.fullmatch(unit)
    return Package(found[1], found[2]) if found else Package(unit, "")


def home_package(component: str, unit: str) -> Package:
    """The package of a unit of the project; components other than libraries are told apart, as each has a `Main`."""
    found = package_of(unit)
    version = found.version if found.name == component.partition(":")[0] else ""
    return Package(component.removesuffix(":lib"), version)


def local(number: int) -> str:
    """The symbol of a name that only its file knows."""
    return f"local {number}"


def identifier(name: str) -> str:
    """A name as a part of a symbol."""
    return name if _SIMPLE.fullmatch(name) else f"`{name.replace('`', '``')}`"


def _descriptor(occ: OccName) -> str:
    name = identifier(occ.text)
    match occ.namespace:
        case Namespace.TYPE:
            return f"{name}#"
        case Namespace.TYPE_VARIABLE:
            return f"[{name}]"
        case _:
            return f"{identifier(occ.parent)}.{name}." if occ.parent else f"{name}."


def _part(text: str) -> str:
    return text.replace(" ", "  ") or "."


_SIMPLE = re.compile(r"[A-Za-z0-9_+$-]+")
_UNIT = re.compile(r"(.+?)-(\d+(?:\.\d+)*)(?:-.*)?")
