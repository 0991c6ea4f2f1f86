"""What GHC knows of one module as a document of SCIP: occurrences with their roles, symbols, how they are related."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from attrs import frozen

from thatch.core.diagnostics import Span
from thatch.core.haddock.blocks import parse_document
from thatch.core.haddock.markdown import to_markdown
from thatch.core.haddock.module_header import parse_module_header
from thatch.core.hi.model import Namespace, OccName
from thatch.core.hie.facts import ModuleFacts
from thatch.core.hie.model import ExternalName, LocalName
from thatch.core.hie.type_text import Spell, signature_text
from thatch.core.index.model import (
    KNOWN,
    MODULE,
    Body,
    Definition,
    Instance,
    Kind,
    ModuleRows,
    NameKey,
    Role,
    name_key,
)
from thatch.core.index.packing import unpack_mentions
from thatch.core.index.rows import module_rows
from thatch.core.navigation.signatures import written_signature
from thatch.core.scip import schema
from thatch.core.scip.schema import SymbolKind, SymbolRole
from thatch.core.scip.symbols import Symbols, identifier, local
from thatch.core.source.model import Outline
from thatch.core.source.outline import outline
from thatch.core.splices.inline_lexer import code_only
from thatch.core.syntax import is_literate
from thatch.core.text import Encoding

LANGUAGE = "Haskell"
"""As SCIP's `Language` calls it."""

KINDS = {
    Kind.MODULE: SymbolKind.MODULE,
    Kind.FUNCTION: SymbolKind.FUNCTION,
    Kind.VALUE: SymbolKind.VALUE,
    Kind.TYPE: SymbolKind.TYPE,
    Kind.SYNONYM: SymbolKind.TYPE_ALIAS,
    Kind.FAMILY: SymbolKind.TYPE_FAMILY,
    Kind.CLASS: SymbolKind.TYPE_CLASS,
    Kind.METHOD: SymbolKind.TYPE_CLASS_METHOD,
    Kind.CONSTRUCTOR: SymbolKind.CONSTRUCTOR,
    Kind.FIELD: SymbolKind.FIELD,
    Kind.PATTERN: SymbolKind.PATTERN,
}

ROLES = {
    Role.BINDING: SymbolRole.DEFINITION,
    Role.IMPORT: SymbolRole.IMPORT,
    Role.ASSIGN: SymbolRole.WRITE_ACCESS,
    Role.MATCH: SymbolRole.READ_ACCESS,
}
"""The roles of mentions that SCIP has a word for; equations, signatures and exports are just uses there."""


def document(facts: ModuleFacts, path: PurePosixPath, symbols: Symbols, spell: Spell) -> Any:
    """The document of a module, whose file is `path` below the project's root; takes some tens of milliseconds.

    `spell` is how types write names.  Raises `DecodeError` where the `.hie` file is damaged.
    """
    literate = is_literate(path)
    rows = module_rows(facts, literate=literate)
    source = outline(code_only(facts.text) if literate else facts.text)
    return _Document(facts, rows, symbols, spell, source).made(path)


class _Place(NamedTuple):
    """An occurrence before it is written."""

    span: Span
    symbol: str

    role: int
    """`SymbolRole`s."""

    whole: Span | None = None


@frozen(eq=False)
class _Document:
    facts: ModuleFacts
    rows: ModuleRows
    symbols: Symbols
    spell: Spell
    source: Outline

    def made(self, path: PurePosixPath) -> Any:
        """The message."""
        instances = list(self._instances())
        places = [*self._mentioned(), *self._local(), *self._implementing(instances)]
        return schema.Document(
            language=LANGUAGE,
            relative_path=str(path),
            position_encoding=schema.UTF32_COLUMNS,
            occurrences=[self._occurrence(one) for one in _merged(places)],
            symbols=[*self._defined(), *self._implementations(instances)],
        )

    # Occurrences.

    def _mentioned(self) -> Iterator[_Place]:
        """Every place of a name that other modules may know."""
        wholes = {(one.key, one.span): one.whole for one in self.rows.definitions}
        units = self._units()
        for key, packed in self.rows.mentions.items():
            symbol = self.symbols.symbol(key, units)
            if symbol is None:
                continue
            for span, role in unpack_mentions(packed):
                whole = wholes.get((key, span)) if role is Role.BINDING else None
                yield _Place(span, symbol, ROLES.get(role, SymbolRole.USE), whole)

    def _local(self) -> Iterator[_Place]:
        for one in self.facts.occurrences:
            if isinstance(one.name, LocalName) and self.facts.is_written(one):
                role = SymbolRole.DEFINITION if one.binds else SymbolRole.USE
                yield _Place(one.span, local(one.name.number), role)

    def _implementing(self, instances: Sequence[tuple[str, Instance]]) -> Iterator[_Place]:
        for symbol, instance in instances:
            yield _Place(instance.span, symbol, SymbolRole.DEFINITION, instance.whole)
        defined = set()
        for symbol, body in self._bodies(instances):
            role = SymbolRole.USE if symbol in defined else SymbolRole.DEFINITION
            defined.add(symbol)
            yield _Place(body.span, symbol, role, body.whole)

    def _bodies(self, instances: Sequence[tuple[str, Instance]]) -> Iterator[tuple[str, Body]]:
        """What instances say that methods are, with symbols; not where a splice made several in one place."""
        n_there = Counter(instance.span for _, instance in instances)
        owners = {instance.span: symbol for symbol, instance in instances if n_there[instance.span] == 1}
        for body in self.rows.bodies:
            if body.owner is not None and body.owner in owners:
                yield f"{owners[body.owner]}{identifier(body.name.text)}.", body

    def _units(self) -> dict[str, str]:
        """Of which unit each module is that this one names, as far as its names tell."""
        found = {key.module: key.unit for key in self.rows.mentions if key.namespace not in {MODULE, KNOWN}}
        homes = {name: unit for unit, name in self.symbols.modules}
        own = self.facts.module
        return {**found, **homes, **{name: own.unit for unit, name in self.symbols.modules if unit == own.unit}}

    def _occurrence(self, one: _Place) -> Any:
        return schema.Occurrence(
            range=self._numbers(one.span),
            symbol=one.symbol,
            symbol_roles=one.role,
            enclosing_range=self._numbers(one.whole) if one.whole else (),
        )

    def _numbers(self, span: Span) -> Sequence[int]:
        """Three numbers within a line, or four."""
        region = self.facts.lines.range(span, Encoding.UTF32)
        start, end = region.start, region.end
        if start.line == end.line:
            return start.line, start.column, end.column
        return start.line, start.column, end.line, end.column

    # Symbols.

    def _defined(self) -> Iterator[Any]:
        names = {name_key(name): name for name in self.facts.names if isinstance(name, ExternalName)}
        superclasses = defaultdict(list)
        for one in self.rows.superclasses:
            superclasses[one.cls].append(one.superclass)
        for definition in self.rows.definitions:
            symbol = self.symbols.symbol(definition.key, {self.facts.module.name: self.facts.module.unit})
            if symbol is None:
                continue
            implemented = [self._related(key, is_implementation=True) for key in superclasses[definition.key]]
            of_type = [self._related(definition.container, is_type_definition=True)] if _is_part(definition) else []
            signature = self._signature(names.get(definition.key), definition)
            yield schema.SymbolInformation(
                symbol=symbol,
                kind=KINDS[definition.kind],
                display_name=definition.label,
                documentation=[text for text in [self._documentation(definition)] if text],
                relationships=[one for one in (*implemented, *of_type) if one],
                signature_documentation={"language": LANGUAGE, "text": signature} if signature else None,
            )

    def _implementations(self, instances: Sequence[tuple[str, Instance]]) -> Iterator[Any]:
        for symbol, instance in instances:
            related = self._related(instance.cls, is_implementation=True)
            yield schema.SymbolInformation(
                symbol=symbol,
                kind=SymbolKind.INSTANCE,
                display_name=_instance_name(instance),
                relationships=[related] if related else [],
            )
        for symbol, key in {symbol: body.name for symbol, body in self._bodies(instances)}.items():
            related = self._related(key, is_implementation=True)
            yield schema.SymbolInformation(
                symbol=symbol, kind=SymbolKind.METHOD, display_name=key.text, relationships=[related] if related else []
            )

    def _instances(self) -> Iterator[tuple[str, Instance]]:
        """The instances with their symbols; those that no name tells apart are numbered."""
        own = self.symbols.module(self.facts.module.unit, self.facts.module.name)
        seen: defaultdict[str, int] = defaultdict(int)
        for instance in self.rows.instances:
            name = _instance_name(instance)
            seen[name] += 1
            number = f" {seen[name]}" if seen[name] > 1 else ""
            yield f"{own}{identifier(f'{name}{number}')}:", instance

    def _related(self, key: NameKey | None, **relation: bool) -> dict[str, Any] | None:
        symbol = self.symbols.symbol(key, {}) if key else None
        return {"symbol": symbol, **relation} if symbol else None

    def _documentation(self, definition: Definition) -> str:
        if definition.kind is Kind.MODULE:
            return to_markdown(parse_document(parse_module_header(self.source.comment or "").text))
        found = self.source.find(
            OccName(definition.key.text, Namespace(definition.key.namespace), definition.key.parent)
        )
        return to_markdown(parse_document("\n\n".join(found.comments))) if found else ""

    def _signature(self, name: ExternalName | None, definition: Definition) -> str:
        """Its type as its author wrote it, else as GHC found it; empty for what has none."""
        if name is None or name.occ.namespace is Namespace.TYPE:
            return ""
        bound = self.facts.binding(name)
        known = bound.type if bound else None
        shown = definition.label
        return written_signature(self.facts, name, shown) or (
            signature_text(shown, self.facts.types, known, self.spell) if known is not None else ""
        )


def _merged(places: Iterable[_Place]) -> list[_Place]:
    """In the order of the text, what stands in one place for one symbol once."""
    found: dict[tuple[Span, str], _Place] = {}
    for one in places:
        same = found.get((one.span, one.symbol))
        both = one._replace(role=same.role | one.role, whole=same.whole or one.whole) if same else one
        found[one.span, one.symbol] = both
    return sorted(found.values(), key=lambda one: (one.span.start_line, one.span.start_column, one.symbol))


def _is_part(definition: Definition) -> bool:
    return definition.kind in {Kind.CONSTRUCTOR, Kind.FIELD} and definition.container is not None


def _instance_name(instance: Instance) -> str:
    return " ".join(["instance", instance.cls.text, *(one.text for one in instance.types)])
