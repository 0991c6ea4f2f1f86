"""Random contents of `.hie` files: every part, lists longer and numbers larger than GHC usually writes."""

from collections.abc import Callable
from random import Random
from typing import TypeVar

from tests.support.hie_encode import DETAILS, SORTS, Contents, Node
from thatch.core.diagnostics import Span
from thatch.core.hi.model import KnownName, ModuleId, Namespace, OccName
from thatch.core.hie.model import (
    Application,
    Cast,
    Coercion,
    ConstructorApplication,
    Context,
    ContextKind,
    ExternalName,
    ForAll,
    Function,
    Identifier,
    Literal,
    LocalName,
    Name,
    NodeInfo,
    Qualified,
    Scope,
    Type,
    TypeVariable,
    WholeModule,
)

Item = TypeVar("Item")

TEXTS = ("x", "Data.Map", "größe", "\0", "(,)", "", "a" * 70, "f'", "\udc80")
LARGEST = (63, 64, 127, 128, 8191, 8192, 16_383, 16_384, 2**35, 2**62 - 1)
"""Numbers where another byte is needed, and the largest that is read as a line, a column or an index."""

N_NODES = 12


class RandomFile:
    """What a file says, by a seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._n_nodes = 0
        self._fields = self._random.random() < 0.5
        """Whether fields are names of their own, as in 9.10."""
        self._names = [self._name(number) for number in range(self._random.randint(1, 200))]
        self._types: list[Type] = []
        for _ in range(self._random.randint(1, 100)):
            self._types.append(self._type(len(self._types)))

    def contents(self) -> Contents:
        files = self._random.sample(["A.hs", "B.h", "C.hs"], self._random.randint(1, 3))
        return Contents(
            series="9.10" if self._fields else "9.6",
            path=self._text(),
            module=self._module(),
            names=self._names,
            types=self._types,
            trees={file: self._tree() for file in files},
            n_exports=self._length(),
            source=self._random.randbytes(self._length()),
        )

    def _text(self) -> str:
        return self._random.choice(TEXTS)

    def _flag(self) -> bool:
        return self._random.random() < 0.5

    def _length(self) -> int:
        return self._random.choice([0, 1, 1, 1, 2, 2, 3, 4, 7, 12, 70])

    def _number(self) -> int:
        return self._random.choice(LARGEST) if self._random.random() < 0.1 else self._random.randint(0, 200)

    def _tuple(self, make: Callable[[], Item], most: int = 70) -> tuple[Item, ...]:
        return tuple(make() for _ in range(min(most, self._length())))

    def _span(self) -> Span:
        return Span(self._number(), self._number(), self._number(), self._number())

    def _maybe_span(self) -> Span | None:
        return self._span() if self._flag() else None

    def _scope(self) -> Scope:
        return self._random.choice([None, WholeModule.MODULE, self._span()])

    def _module(self) -> ModuleId:
        return ModuleId(self._text(), self._text())

    def _name(self, number: int) -> Name:
        space = self._random.choice([space for space in Namespace if self._fields or space is not Namespace.FIELD])
        occ = OccName(self._text(), space, self._text() if space is Namespace.FIELD else "")
        span = self._maybe_span()
        kind = self._random.randint(0, 5)
        if kind == 0:
            return KnownName(f"3{number + 200 * self._random.choice([0, 2**50])}")
        if kind < 3:
            return LocalName(occ, span, number)
        return ExternalName(ModuleId(self._text(), f"M{number}"), occ, span, self._text() if span else "")

    def _sort(self) -> str:
        return self._random.choice(["", "equality"])

    def _type(self, n_before: int) -> Type:
        def part() -> int:
            return self._random.randrange(n_before)

        def arguments() -> tuple[tuple[bool, int], ...]:
            return self._tuple(lambda: (self._flag(), part()))

        def some() -> Name:
            return self._random.choice(self._names)

        makers: list[Callable[[], Type]] = [
            Coercion,
            lambda: TypeVariable(some()),
            lambda: Literal(self._random.randint(-(2**70), 2**70) >> self._random.randint(0, 70), False),
            lambda: Literal(self._text(), False),
            lambda: Literal(self._random.choice("aß\N{MUSICAL SYMBOL G CLEF}\0"), True),
        ]
        if n_before:
            makers += [
                lambda: Application(part(), arguments()),
                lambda: ConstructorApplication(
                    some(), self._flag(), self._random.choice(["", "equality"]), arguments()
                ),
                lambda: ConstructorApplication(
                    some(), self._flag(), self._random.choice([*SORTS, "unboxed sum"]), arguments(), self._number()
                ),
                lambda: ForAll(some(), part(), self._random.randint(0, 2), part()),
                lambda: Function(part(), part(), part()),
                lambda: Qualified(part(), part()),
                lambda: Cast(part()),
            ]
        return self._random.choice(makers)()

    def _tree(self) -> Node:
        self._n_nodes = 0
        return self._node()

    def _node(self) -> Node:
        self._n_nodes += 1
        infos = tuple(self._info() for _ in range(self._random.choice([0, 1, 1, 1, 1, 2, 2, 3])))
        n_children = min(self._length(), N_NODES - self._n_nodes)
        return Node(self._span(), infos, tuple(self._node() for _ in range(n_children)))

    def _info(self) -> NodeInfo:
        return NodeInfo(
            self._flag(),
            self._tuple(lambda: (self._text(), self._text()), 8),
            self._tuple(lambda: self._random.randrange(len(self._types)), 8),
            self._tuple(self._identifier, 12),
        )

    def _identifier(self) -> Identifier:
        name = self._random.choice(self._names) if self._random.random() < 0.9 else self._text()
        kind = self._random.randrange(len(self._types)) if self._flag() else None
        return Identifier(name, kind, self._tuple(self._context, 5))

    def _context(self) -> Context:
        kind = self._random.choice(list(ContextKind))
        detail = self._random.choice(DETAILS.get(kind, [""]))
        match kind, detail:
            case ContextKind.EVIDENCE_BINDING, "EvLetBind":
                return Context(kind, detail, (self._scope(),), self._maybe_span(), self._some_names())
            case ContextKind.EVIDENCE_BINDING, _:
                classes = (self._random.choice(self._names),) if detail.startswith("EvInst") else ()
                return Context(kind, detail, (self._scope(),), self._maybe_span(), classes)
            case ContextKind.TYPE_VARIABLE_BINDING, _ if names := self._some_names():
                return Context(kind, "", (self._scope(),), self._maybe_span(), names)
            case ContextKind.TYPE_VARIABLE_BINDING, _:
                return Context(kind, "", (self._scope(), *self._tuple(self._scope, 5)))
            case ContextKind.VALUE_BINDING, _:
                return Context(kind, detail, (self._scope(),), self._maybe_span())
            case ContextKind.PATTERN_BINDING, _:
                return Context(kind, "", (self._scope(), self._scope()), self._maybe_span())
            case ((ContextKind.CLASS_DECLARATION | ContextKind.DECLARATION | ContextKind.FIELD), _):
                return Context(kind, detail, (), self._maybe_span())
            case _:
                return Context(kind, detail)

    def _some_names(self) -> tuple[Name, ...]:
        return self._tuple(lambda: self._random.choice(self._names))
