"""What a `.hie` file says of its module, arranged for questions about places and names; of one module only."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import compress
from typing import NamedTuple

from thatch.core.diagnostics import Span
from thatch.core.hi.model import KnownName, ModuleId, Namespace, OccName
from thatch.core.hie.file import HieFile
from thatch.core.hie.model import Context, ContextKind, ExternalName, LocalName, Name, NodeInfo, Type
from thatch.core.hie.on_demand import OnDemand
from thatch.core.hie.tree import Mentions, SyntaxTree
from thatch.core.text import LineIndex

BINDINGS = frozenset(
    {
        ContextKind.VALUE_BINDING,
        ContextKind.PATTERN_BINDING,
        ContextKind.CLASS_DECLARATION,
        ContextKind.DECLARATION,
        ContextKind.TYPE_VARIABLE_BINDING,
    }
)
"""How an identifier occurs where its name is bound or declared."""

EVIDENCE = frozenset({ContextKind.EVIDENCE_BINDING, ContextKind.EVIDENCE_USE})
"""How names occur that stand nowhere in the source: the dictionaries of classes."""


class Place(NamedTuple):
    """A piece of the source that GHC knows something about."""

    span: Span

    parent: int
    """The index of the place around it; -1 of the outermost."""

    infos: tuple[NodeInfo, ...]
    """What is known of it, from the source and of what GHC generated for it."""

    @property
    def types(self) -> tuple[int, ...]:
        """The indexes of its types, to be told apart by `type_choice`; none of what is no expression or pattern."""
        return next((info.types for info in self.infos if info.types), ())


class Occurrence(NamedTuple):
    """A name, or a module's name, at a place."""

    span: Span
    name: Name | str
    """A text is the name of a module."""

    type: int | None
    """The index of its type here."""

    contexts: tuple[Context, ...]

    generated: bool
    """Whether GHC put it here, for code that it made up."""

    place: int
    """The index of the place."""

    @property
    def kinds(self) -> frozenset[ContextKind]:
        """How it occurs."""
        return frozenset(context.kind for context in self.contexts)

    @property
    def binds(self) -> bool:
        """Whether the name is bound or declared here, a record's field included."""
        return any(one.kind in BINDINGS or one.detail == "RecFieldDecl" for one in self.contexts)

    @property
    def is_evidence(self) -> bool:
        """Whether it stands for a dictionary, which nobody wrote."""
        return bool(self.contexts) and all(context.kind in EVIDENCE for context in self.contexts)


class ModuleFacts:
    """A module as GHC last compiled it; never changed once made.

    Lines and columns are GHC's, both 1-based, in the text that GHC saw.
    """

    def __init__(self, hie: HieFile) -> None:
        """Arrange what a file says; takes a few milliseconds.  Raises `DecodeError` when the file is damaged.

        What is decoded later raises it then.
        """
        self.module: ModuleId = hie.module
        self.types: Sequence[Type] = hie.types
        self.text = hie.source.decode("utf-8", "replace")
        self._written_names = hie.names
        self.names: Sequence[Name] = OnDemand(len(hie.names), self._name)
        self.tree: SyntaxTree = hie.tree
        self.mentions: Mentions = hie.tree.mentions
        tree = hie.tree
        self._starts = list(zip(tree.start_lines, tree.start_columns, strict=True))
        self.places: Sequence[Place] = OnDemand(
            len(tree), lambda node: Place(tree.span(node), tree.parents[node], tree.infos(node))
        )

    def _name(self, number: int) -> Name:
        name = self._written_names[number]
        occ = name.occ if isinstance(name, LocalName) else None
        if occ is None or occ.namespace is not Namespace.FIELD or occ.parent not in self._constructors:
            return name
        # Where a record is made, 9.10 gives its fields names of their own; they are defined beside the constructor.
        return ExternalName(self._constructors[occ.parent], occ, None, "")

    @cached_property
    def _constructors(self) -> Mapping[str, ModuleId]:
        """The modules of the constructors that are mentioned."""
        return {
            name.occ.text: name.module
            for name in self._written_names
            if isinstance(name, ExternalName) and name.occ.namespace is Namespace.CONSTRUCTOR
        }

    @cached_property
    def lines(self) -> LineIndex:
        """The lines of the text that GHC saw."""
        return LineIndex(self.text)

    @cached_property
    def occurrences(self) -> tuple[Occurrence, ...]:
        """All names, outer places before inner ones, otherwise in the order of the text."""
        # There are thousands of them, but fewer places and names, and `map` takes no step of Python for each.
        nodes, names, _, contexts, generated = self.mentions
        spans = {node: self.tree.span(node) for node in set(nodes)}
        known = {name: name if isinstance(name, str) else self.names[name] for name in set(names)}
        columns = (
            map(spans.__getitem__, nodes),
            map(known.__getitem__, names),
            self._types,
            map(self.tree.contexts.__getitem__, contexts),
            map(bool, generated),
            nodes,
        )
        return tuple(map(partial(tuple.__new__, Occurrence), zip(*columns, strict=True)))

    def around(self, line: int, column: int) -> Iterator[int]:
        """The indexes of the places that hold a position or end there, innermost first."""
        here, tree = (line, column), self.tree
        index = bisect_right(self._starts, here) - 1
        while index >= 0:
            if here <= (tree.end_lines[index], tree.end_columns[index]):
                yield index
            index = tree.parents[index]

    def at(self, line: int, column: int) -> tuple[Occurrence, ...]:
        """The names written at a position: those of the innermost place that has any."""
        return next((named for index in self.around(line, column) if (named := self._written(index))), ())

    def is_written(self, one: Occurrence) -> bool:
        """Whether the name stands in the source there, and not only what GHC made of something else.

        `..` in a record stands for all the fields that it brings.
        """
        if one.generated or one.is_evidence:
            return False
        start, end = self.lines.offsets(one.span)
        text = self.text[start:end].strip("`() ")
        if isinstance(one.name, KnownName):
            return _NAME.fullmatch(text) is not None
        known = one.name if isinstance(one.name, str) else label_of(one.name.occ)
        return text == ".." or text.lstrip("'?#") == known or text.endswith(f".{known}") or text == known

    def of(self, name: Name | str) -> tuple[Occurrence, ...]:
        """Where a name occurs, in the order of the text."""
        return tuple(
            self.occurrence(index) for number in self._numbers_of(name) for index in self._by_name.get(number, ())
        )

    @cached_property
    def local_bindings(self) -> tuple[Occurrence, ...]:
        """Where names are bound that only a part of the module can use, as they are written there."""
        contexts = self.tree.contexts
        encoded = self.mentions.contexts
        local = {each for each in set(encoded) if any(_is_local(context) for context in contexts[each])}
        found = (self.occurrence(index) for index, each in enumerate(encoded) if each in local)
        return tuple(one for one in found if isinstance(one.name, LocalName) and self.is_written(one))

    def occurrences_at(self, place: int) -> tuple[Occurrence, ...]:
        """The names at a place, by its index."""
        return tuple(map(self.occurrence, self._range(place)))

    def type_of(self, one: Occurrence) -> int | None:
        """The index of the type of a name where it occurs; None of what has none."""
        return one.type if one.type is not None else next(iter(self.places[one.place].types), None)

    def binding(self, name: Name | str) -> Occurrence | None:
        """Where a name is bound or declared in this module, if it is."""
        found = [one for one in self.of(name) if one.binds and not one.generated]
        return found[0] if found else next((one for one in self.of(name) if one.binds), None)

    def occurrence(self, index: int) -> Occurrence:
        """A name at a place, by its index in the columns `mentions`."""
        mentions = self.mentions
        node, name = mentions.nodes[index], mentions.names[index]
        return Occurrence(
            self.tree.span(node),
            name if isinstance(name, str) else self.names[name],
            self._types[index],
            self.tree.contexts[mentions.contexts[index]],
            mentions.generated[index] == 1,
            node,
        )

    @cached_property
    def _types(self) -> Sequence[int | None]:
        """The types of the occurrences.

        What GHC expands before it checks it, such as `do` (9.10), has its types in the generated part of a place only.
        """
        nodes, names, types, _, generated = self.mentions
        types = list(types)
        for node in dict.fromkeys(compress(nodes, generated)):
            here = self._range(node)
            known = {names[one]: types[one] for one in here if types[one] is not None}
            for one in here:
                if types[one] is None:
                    types[one] = known.get(names[one])
        return types

    def _range(self, place: int) -> range:
        """The indexes of the occurrences at a place."""
        nodes = self.mentions.nodes
        return range(bisect_left(nodes, place), bisect_right(nodes, place))

    def _numbers_of(self, name: Name | str) -> Sequence[int | str]:
        """What stands for a name in the columns: its number here, or the name of the module."""
        if isinstance(name, LocalName):
            return (name.number,)
        return (name,) if isinstance(name, str) else self._numbers.get(key_of(name), ())

    @cached_property
    def _numbers(self) -> dict[Hashable, list[int]]:
        """The numbers of the names that other modules know too."""
        found: defaultdict[Hashable, list[int]] = defaultdict(list)
        for number, name in enumerate(self.names):
            if not isinstance(name, LocalName):
                found[key_of(name)].append(number)
        return found

    @cached_property
    def _by_name(self) -> dict[int | str, list[int]]:
        """The indexes of the occurrences of each name."""
        found: defaultdict[int | str, list[int]] = defaultdict(list)
        for index, name in enumerate(self.mentions.names):
            found[name].append(index)
        return found

    def _written(self, index: int) -> tuple[Occurrence, ...]:
        return tuple(one for one in self.occurrences_at(index) if self.is_written(one))


def key_of(name: Name | str) -> Hashable:
    """What two mentions of one thing have in common, in this file or, unless it is local, in others."""
    match name:
        case ExternalName():
            return name.module, name.occ
        case KnownName() | str():
            return name
        case _:
            return name.number


def _is_local(context: Context) -> bool:
    return context.kind in BINDINGS and any(isinstance(scope, Span) for scope in context.scopes)


def label_of(occ: OccName) -> str:
    """A name as users write it: where labels of fields need not be unique, GHC 9.6 calls a field `$sel:label:Con`."""
    return occ.as_written.text


_NAME = re.compile(r"'{0,2}(?:[\w'.#]+|[^\w\s'\"()\[\]{},;`]+|[()\[\],]*)")
"""What a name looks like, or the syntax that stands for one; not the code of a splice."""
