"""What names mean at the top level of modules: whether a new one would mean two things, there or in an export list.

It reads interfaces, so it is for threads.
"""

import re
from collections.abc import Iterable
from functools import cached_property

from thatch.core.hi.model import Namespace
from thatch.core.hie.model import ExternalName
from thatch.core.navigation.seen import Seen
from thatch.core.rename.places import qualifier
from thatch.core.rename.thing import Thing, called
from thatch.core.syntax import is_literate, parse_header
from thatch.core.th.imports import ImportDeclaration, read_imports
from thatch.core.th.names import Space
from thatch.core.th.packages import SPACES
from thatch.core.th.scope import NOTHING, Exports, ModuleScope


class TopLevel:
    """The top level of a module as its text is now."""

    def __init__(self, seen: Seen, exports: Exports) -> None:
        self._seen = seen
        self._exports = exports

    def means(self, thing: Thing, qualifier: str) -> bool | None:
        """Whether a thing's name means it; None if that is not certain."""
        space = SPACES[thing.namespace]
        found = self._scope.meanings(thing.label, space, qualifier)
        if self._defines(thing) and qualifier in {"", self._name}:
            return True if not found else None
        if thing.module in found:
            return True if found == {thing.module} and not self._has(thing.label, space, qualifier) else None
        return None if NOTHING in found or self._is_in_the_dark else False

    def clash(self, thing: Thing, used: Iterable[str]) -> str | None:
        """The name that would mean two things if a thing had its new name; `used` are the qualifiers it has here."""
        space = SPACES[thing.namespace]
        spelled = {*used, *self._used(thing.new, thing.space)}
        for behind in ("", self._name, *self._scope.qualifiers):
            here = self.means(thing, behind) is not False
            others = self._scope.meanings(thing.new, space, behind) or self._has(thing.new, space, behind)
            if here and others and behind in spelled:
                return f"{behind}.{thing.new}" if behind else thing.new
        return None

    def hides(self, thing: Thing) -> bool:
        """Whether an import keeps away what is called as the thing will be."""
        return not self._defines(thing) and any(
            thing.new in {item.name, *(item.parts or ())}
            for each in self._imports
            if each.hiding
            for item in each.items or ()
        )

    def exports_both(self, thing: Thing) -> bool:
        """Whether the module exports the thing, and by other ways something that is called as it will be."""
        if not exports_modules(self._seen.lines.text):
            return False
        space = SPACES[thing.namespace]
        exported = {
            each.occ: each.module
            for each in self._exports.exports(self._name) or ()
            if each.space is space and each.occ in {thing.label, thing.new}
        }
        return exported.get(thing.label) == thing.module and thing.new in exported

    @cached_property
    def _imports(self) -> tuple[ImportDeclaration, ...]:
        text = self._seen.lines.text
        return read_imports(text, parse_header(text, literate=is_literate(self._seen.path)))

    @cached_property
    def _scope(self) -> ModuleScope:
        return ModuleScope(self._name, self._imports, self._exports)

    @cached_property
    def _is_in_the_dark(self) -> bool:
        """Whether it imports a module of which nobody knows what it exports."""
        return any(self._exports.exports(each.module, each.package) is None for each in self._imports)

    @property
    def _name(self) -> str:
        return self._seen.facts.module.name

    def _defines(self, thing: Thing) -> bool:
        module = self._seen.facts.module
        return any((key.unit, key.module) == (module.unit, module.name) for key in thing.keys)

    def _has(self, label: str, space: Space, behind: str) -> bool:
        """Whether the module itself defines something of a name."""
        facts = self._seen.facts
        return behind in {"", self._name} and any(
            isinstance(name, ExternalName)
            and name.module == facts.module
            and name.occ.as_written.text == label
            and SPACES.get(name.occ.namespace) is space
            for name in facts.names
        )

    def _used(self, label: str, space: Namespace) -> set[str]:
        """The qualifiers behind which things of a name are mentioned."""
        facts = self._seen.facts
        return {
            qualifier(facts.text[slice(*facts.lines.offsets(one.span))], label)
            for one in called(facts, label, space)
            if isinstance(one.name, ExternalName)
        }


def exports_modules(text: str) -> bool:
    """Whether a module exports all that it has of some module, as far as its text tells."""
    return text.count("module ") > 1 and _EXPORTS_MODULES.search(text) is not None


_EXPORTS_MODULES = re.compile(r"\bmodule\s+[A-Z][\w.']*\s*\([^;]*?\bmodule\s+[A-Z]", re.DOTALL)
