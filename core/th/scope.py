"""What is in scope in a module: its imports and what the imported modules export, to spell names of syntax trees."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeAlias

from attrs import field, frozen

from thatch.core.hi.model import Name
from thatch.core.th.imports import ImportDeclaration
from thatch.core.th.names import Space, Spelling
from thatch.core.th.tree import Global

Key: TypeAlias = "tuple[str, Space]"


@frozen
class Exported:
    """Something that a module exports."""

    occ: str
    space: Space

    module: str
    """Where it is defined."""

    parent: str = ""
    """The type or class that it is listed under, if any."""

    name: Name | None = field(default=None, eq=False)
    """The name in full, where an interface tells it."""

    is_field: bool = field(default=False, eq=False)
    """Whether it is surely the field of a record."""


class Exports(Protocol):
    """What modules export."""

    def exports(self, module: str, package: str | None = None) -> Sequence[Exported] | None:
        """The exports of a module as the module with the splice would import it; None if there is no such module."""
        ...

    def exporter(self, name: Global, occ: str, space: Space, preferred: Iterable[str]) -> tuple[str, bool]:
        """A module to import a thing from, and whether it can be imported; `preferred` modules come first."""
        ...


class NoExports:
    """Nothing is known of any module."""

    def exports(self, module: str, package: str | None = None) -> Sequence[Exported] | None:
        """Unknown."""
        return None

    def exporter(self, name: Global, occ: str, space: Space, preferred: Iterable[str]) -> tuple[str, bool]:
        """The module that defines it."""
        return name.module, True


class ModuleScope:
    """The scope of the top level of a module."""

    def __init__(
        self, module: str, imports: Sequence[ImportDeclaration], exports: Exports, defined: Iterable[str] = ()
    ) -> None:
        """`defined` are the names of the module's own top level, whatever they name."""
        self._module = module
        self._exports = exports
        self._imported = tuple(dict.fromkeys(each.module for each in imports if each.certain))
        self._defined = set(defined)
        self._bare: dict[Key, set[str]] = {}
        self._qualified: dict[str, dict[Key, set[str]]] = {}
        for declaration in sorted(imports, key=lambda each: not each.certain):
            self._enter(declaration)

    def spell(self, occ: str, name: Global, space: Space, *, shadowed: bool) -> Spelling:
        """How to write that thing; `shadowed` says that its bare name means something else."""
        qualifier = self.qualifier(occ, name.module, space, shadowed=shadowed)
        if qualifier is not None:
            return Spelling(qualifier)
        module, importable = self._exports.exporter(name, occ, space, self._imported)
        return Spelling(module, module, importable)

    def qualifier(self, occ: str, module: str, space: Space, *, shadowed: bool = False) -> str | None:
        """What stands before the dot of the name of a thing of some module.

        Empty if the bare name means the thing; None if it is not in scope.
        """
        key = (occ, space)
        bare = self._bare.get(key, set())
        if module == self._module:
            return self._module if shadowed or bare else ""
        if bare == {module} and not shadowed and occ not in self._defined:
            return ""
        qualifiers = [each for each, table in self._qualified.items() if table.get(key) == {module}]
        return min(qualifiers, key=lambda each: (len(each), each), default=None)

    def define(self, occ: str) -> None:
        """The module's top level has something of that name too."""
        self._defined.add(occ)

    @property
    def qualifiers(self) -> Collection[str]:
        """What stands before the dot of names that imports bring."""
        return self._qualified.keys()

    def meanings(self, occ: str, space: Space, qualifier: str = "") -> frozenset[str]:
        """The modules that define what imports bring by a name; `NOTHING` among them if an import may not be compiled.

        The module's own names are left out.
        """
        table = self._qualified.get(qualifier, {}) if qualifier else self._bare
        return frozenset(table.get((occ, space), ()))

    def has_value(self, occ: str) -> bool:
        """Whether a bare name means a value, or something of the module's own top level."""
        return occ in self._defined or (occ, Space.VALUE) in self._bare

    def _enter(self, declaration: ImportDeclaration) -> None:
        exported = self._exports.exports(declaration.module, declaration.package)
        table = self._qualified.setdefault(declaration.qualifier, {})
        for each in brought(declaration, exported or ()):
            key = (each.occ, each.space)
            for known in (table, self._bare)[: 1 if declaration.qualified else 2]:
                if not declaration.certain and key not in known:
                    known[key] = {NOTHING}
                known.setdefault(key, set()).add(each.module)


NOTHING = ""
"""Stands for the module of what a name means if an import is not compiled."""


def defined_names(text: str) -> frozenset[str]:
    """Names that a module's text seems to define: what starts a line or is followed by `::`, rather more than fewer."""
    return frozenset(found[1] or found[2] or found[3] for found in _DEFINED.finditer(text))


_DEFINED = re.compile(
    r"^(?:(?:data|newtype|type|class)\s+(?:[^\n=]*=>\s*)?([^\W\d][\w']*)|\(?([^\W\dA-Z][\w']*)\b)"
    r"|([^\W\dA-Z][\w']*)(?:\s*,\s*[^\W\dA-Z][\w']*)*\s*::",
    re.MULTILINE,
)


def brought(declaration: ImportDeclaration, exported: Sequence[Exported]) -> Iterator[Exported]:
    """What an import brings into scope."""
    if declaration.items is None:
        yield from exported
        return
    listed = {item.name: item.parts for item in declaration.items}
    for each in exported:
        if _is_listed(each, listed, hiding=declaration.hiding) != declaration.hiding:
            yield each


def _is_listed(each: Exported, listed: Mapping[str, tuple[str, ...] | None], *, hiding: bool) -> bool:
    if each.occ in listed and (hiding or each.space is not Space.CONSTRUCTOR):
        return True
    if each.parent not in listed:
        return False
    parts = listed[each.parent]
    return parts is None or each.occ in parts
