"""Declarations as Haskell source, as GHCi's `:info` has them; types are printed by `thatch.core.hie.type_text`.

What is written follows GHC's own printer (`pprIfaceDecl` in `compiler/GHC/Iface/Syntax.hs`, 9.6.6 and 9.10.3), except
that associated types stand in a class as they do in a source, and that neither roles nor pragmas are told.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from thatch.core.hi.declared import (
    Argument,
    Associated,
    Binder,
    Class,
    Connective,
    Constructor,
    DataType,
    Declared,
    Equation,
    Family,
    FamilySort,
    Formula,
    Method,
    PatternSynonym,
    Synonym,
)
from thatch.core.hie.model import ExternalName, ForAll, Function, Qualified
from thatch.core.hie.type_text import ARGUMENT, TOP, WIDTH, Spell, TypePrinter, is_kind, signature
from thatch.core.hie.type_tree import REQUIRED, Tree, builtin, builtin_name, unfold
from thatch.core.hie.type_variables import Variables, mentions_variables
from thatch.core.th.layout import HARD, LINE, Doc, Group, Nest, block, joined, render
from thatch.core.th.names import is_operator, prefix

ELIDED = "..."
"""Stands for parts that are not shown."""

Shown = Callable[[str], bool]


def declared_text(
    declared: Declared,
    spell: Spell,
    *,
    width: int = WIDTH,
    linear: bool = False,
    shown: Shown = lambda _: True,
) -> str:
    """A declaration; of a part of one (a constructor, a method, a field) its signature.

    `shown` tells which constructors, fields, methods and associated types may be told of, by their names: such as those
    that a module exports; others are `...`.  `spell`, `width` and `linear` are those of `type_text`.  Names of what is
    declared are not qualified.
    """
    return render(_DeclaredPrinter(declared, spell, linear, shown).document(), width=width)


class _DeclaredPrinter:
    """Makes the document of one declaration."""

    def __init__(self, declared: Declared, spell: Spell, linear: bool, shown: Shown) -> None:
        self._declared = declared
        self._spell = spell
        self._linear = linear
        self._shown = shown
        self._types = TypePrinter(spell)

    def document(self) -> Doc:
        match self._declared:
            case DataType() as data:
                return self._data(data)
            case Synonym() as synonym:
                return self._synonym(synonym)
            case Family() as family:
                return self._family(family)
            case Class() as class_:
                return self._class(class_)
            case PatternSynonym() as pattern:
                return self._pattern_synonym(pattern)
            case declared:
                return self._signature(declared.name, declared.type, Variables())

    # Types.

    def _tree(self, index: int) -> Tree:
        return unfold(self._declared.types, index, linear=self._linear)

    def _type(self, index: int, variables: Variables, place: int = 0) -> Doc:
        """A type where some variables mean something."""
        tree = self._tree(index)
        return self._types.type(tree, variables.with_free(tree), place)

    def _signature(self, name: ExternalName, index: int, variables: Variables, before: str = "") -> Doc:
        tree = self._tree(index)
        return signature(before + _name(name), self._types.column(tree, variables.with_free(tree), whole=True))

    def _context(self, context: Sequence[int], variables: Variables) -> Doc:
        """Constraints with their arrow."""
        if not context:
            return ""
        trees = [self._tree(index) for index in context]
        for tree in trees:
            variables = variables.with_free(tree)
        return [self._types.context(trees, variables), " =>", LINE]

    def _forall(self, binders: Sequence[Binder], variables: Variables, *, always: bool) -> Doc:
        """Quantified variables; unless `always` only if their kinds mention others."""
        kinds = [self._tree(binder.kind) for binder in binders]
        if not binders or not (always or any(map(mentions_variables, kinds))):
            return ""
        pairs = [
            (ForAll(binder.variable, binder.kind, binder.visibility, binder.kind), kind)
            for binder, kind in zip(binders, kinds, strict=True)
        ]
        return [self._types.forall(pairs, variables), ".", LINE]

    # Heads.

    def _kind(self, declared: Declared) -> Doc:
        """The kind of a type, as a signature of its own."""
        return signature(
            f"type {_name(declared.name)}", self._types.column(self._tree(declared.type), Variables(), whole=False)
        )

    def _head(self, name: ExternalName, binders: Sequence[Binder], variables: Variables) -> Doc:
        """A name with the variables that are written behind it."""
        written = [binder.variable for binder in binders if binder.visibility == REQUIRED]
        return joined(" ", [_name(name), *(prefix(variables.names[variable]) for variable in written)])

    def _result_kind(self, index: int, variables: Variables) -> Doc:
        """The kind of a result unless it is `Type`."""
        return "" if is_kind(self._tree(index), "Type", "TYPE") else [" :: ", self._type(index, variables)]

    # Data types.

    def _data(self, data: DataType) -> Doc:
        variables = _bound(data.binders)
        head: list[Doc] = [data.keyword, " ", self._context(data.context, variables)]
        if data.instance is None:
            lines: list[Doc] = [self._kind(data), HARD]
            head.append(self._head(data.name, data.binders, variables))
        else:
            lines = []
            forall = self._forall(data.binders, variables, always=False)
            head += ["instance ", forall, self._type(data.instance, variables)]
            if data.with_types:
                head.append(self._result_kind(data.result_kind, variables))
        if data.with_types:
            written = _elided(self._with_type(each) if self._is_shown(each) else None for each in data.constructors)
            return [*lines, Group(head), " where" if written else "", block(written)]
        written = _elided(
            self._plain(each, data, variables) if self._is_shown(each) else None for each in data.constructors
        )
        bars: list[Doc] = [[LINE, "| " if number else "= ", Nest(2, each)] for number, each in enumerate(written)]
        return [*lines, Group([*head, Nest(2, bars)])]

    def _is_shown(self, constructor: Constructor) -> bool:
        return any(map(self._shown, [constructor.name.occ.text, *(each.field for each in constructor.arguments)]))

    def _plain(self, constructor: Constructor, data: DataType, variables: Variables) -> Doc:
        """A constructor in the syntax of Haskell 98."""
        existential = constructor.variables[len(data.binders) :]
        variables = variables.with_variables([binder.variable for binder in existential])
        front = [
            self._forall(existential, variables, always=True),
            self._context(constructor.context, variables),
        ]
        name = constructor.name.occ.text
        if _has_fields(constructor):
            return Group([*front, prefix(name), " ", self._record(constructor, variables)])
        docs = [self._argument(each, variables, ARGUMENT) for each in constructor.arguments]
        if constructor.infix and len(docs) == 2:
            infix = name if is_operator(name) else f"`{name}`"
            return Group([*front, docs[0], Nest(2, [LINE, infix, " ", docs[1]])])
        return Group([*front, prefix(name), Nest(2, [[LINE, doc] for doc in docs])])

    def _with_type(self, constructor: Constructor) -> Doc:
        """A constructor in the syntax of GADTs."""
        name = prefix(constructor.name.occ.text)
        variables = _bound(constructor.variables)
        forall = self._forall(constructor.variables, variables, always=False)
        if _has_fields(constructor):
            context = self._context(constructor.context, variables)
            result = self._type(constructor.result, variables)
            return signature(name, Group([forall, context, self._record(constructor, variables), LINE, "-> ", result]))
        tree = self._tree(_behind_foralls(constructor))
        printer = _StrictPrinter(self._spell, tree, [each.strict for each in constructor.arguments])
        return signature(name, Group([forall, printer.column(tree, variables.with_free(tree), whole=False)]))

    def _argument(self, argument: Argument, variables: Variables, place: int) -> Doc:
        if argument.strict:
            return ["!", self._type(argument.type, variables, ARGUMENT)]
        return self._type(argument.type, variables, place)

    def _record(self, constructor: Constructor, variables: Variables) -> Doc:
        fields = _elided(
            [prefix(each.field), " :: ", Nest(2, self._argument(each, variables, TOP))]
            if self._shown(each.field)
            else None
            for each in constructor.arguments
        )
        return _braces(fields)

    # Synonyms, families, pattern synonyms.

    def _synonym(self, synonym: Synonym) -> Doc:
        variables = _bound(synonym.binders)
        tree = self._tree(synonym.right)
        known = builtin(synonym.name)
        if known and is_kind(tree, known, known.upper()):
            # `Type` and `Constraint` are always written as these, but not where that says nothing.
            right: Doc = f"{known.upper()} {self._spell(builtin_name('LiftedRep'))}"
        else:
            right = self._types.column(tree, variables.with_free(tree), whole=False)
        return [
            self._kind(synonym),
            HARD,
            Group(["type ", self._head(synonym.name, synonym.binders, variables), " =", Nest(2, [LINE, right])]),
        ]

    def _family(self, family: Family) -> Doc:
        variables = _bound(family.binders)
        keyword = "data" if family.sort is FamilySort.DATA else "type"
        head: Doc = [keyword, " family ", self._head(family.name, family.binders, variables), _result(family)]
        lines = [self._kind(family), HARD, head]
        equations = [self._equation(each) for each in family.equations]
        match family.sort:
            case FamilySort.CLOSED:
                return [*lines, " where", block(equations)]
            case FamilySort.ABSTRACT:
                return [*lines, " where", block([ELIDED])]
            case _:
                return [*lines, [[HARD, "type instance ", each] for each in equations]]

    def _equation(self, equation: Equation) -> Doc:
        variables = _bound(equation.variables)
        forall = self._forall(equation.variables, variables, always=False)
        left, right = self._type(equation.left, variables), self._type(equation.right, variables)
        return Group([forall, left, " =", Nest(2, [LINE, right])])

    def _pattern_synonym(self, pattern: PatternSynonym) -> Doc:
        variables = _bound((*pattern.universal, *pattern.existential))
        existential = self._forall(pattern.existential, variables, always=False)
        required = self._context(pattern.required, variables)
        if not required and (existential or pattern.provided):
            required = ["() =>", LINE]
        type_ = [
            self._forall(pattern.universal, variables, always=False),
            required,
            existential,
            self._context(pattern.provided, variables),
            self._type(pattern.body, variables),
        ]
        name = f"pattern {_name(pattern.name)}"
        signed = signature(name, Group(type_))
        return [signed, HARD, name, " ", _braces(pattern.fields)] if pattern.fields else signed

    # Classes.

    def _class(self, class_: Class) -> Doc:
        variables = _bound(class_.binders)
        head = [
            "class ",
            self._context(class_.superclasses, variables),
            self._head(class_.name, class_.binders, variables),
            _dependencies(class_),
        ]
        parts = [
            *_elided(
                self._associated(each, variables) if self._shown(each.family.name.occ.text) else None
                for each in class_.families
            ),
            *_elided(
                self._method(each, variables) if self._shown(each.name.occ.text) else None for each in class_.methods
            ),
        ]
        if class_.minimal and ELIDED not in parts:
            parts.append(["{-# MINIMAL ", _formula(class_.minimal), " #-}"])
        return [self._kind(class_), HARD, Group(head), " where" if parts else "", block(parts)]

    def _associated(self, associated: Associated, variables: Variables) -> Doc:
        family = associated.family
        keyword = "data" if family.sort is FamilySort.DATA else "type"
        variables = variables.with_variables(
            [binder.variable for binder in family.binders if binder.variable not in variables.names]
        )
        head = self._head(family.name, family.binders, variables)
        declared = [keyword, " ", head, _result(family) or self._result_kind(family.result_kind, variables)]
        if associated.default is None:
            return declared
        default = ["type ", head, " =", Nest(2, [LINE, self._type(associated.default, variables)])]
        return [declared, HARD, Group(default)]

    def _method(self, method: Method, variables: Variables) -> Doc:
        signed = self._signature(method.name, method.own_type, variables)
        if method.default is None:
            return signed
        return [signed, HARD, self._signature(method.name, method.default, variables, "default ")]


class _StrictPrinter(TypePrinter):
    """A printer that marks the arguments of a constructor that are strict."""

    def __init__(self, spell: Spell, tree: Tree, strict: Iterable[bool]) -> None:
        super().__init__(spell)
        self._strict = {id(argument) for argument, marked in zip(_arguments(tree), strict, strict=False) if marked}

    def type(self, tree: Tree, variables: Variables, place: int = TOP) -> Doc:
        if id(tree) in self._strict:
            return ["!", super().type(tree, variables, ARGUMENT)]
        return super().type(tree, variables, place)


def _behind_foralls(declared: Declared) -> int:
    index = declared.type
    while isinstance(type_ := declared.types[index], ForAll):
        index = type_.body
    return index


def _arguments(tree: Tree) -> Iterator[Tree]:
    """The arguments of a function, in a tree that keeps them alive."""
    while True:
        match tree.type:
            case Qualified():
                tree = tree.parts[1]
            case Function():
                yield tree.parts[1]
                tree = tree.parts[2]
            case _:
                return


def _name(name: ExternalName) -> str:
    return prefix(name.occ.text)


def _bound(binders: Sequence[Binder]) -> Variables:
    return Variables().with_variables([binder.variable for binder in binders])


def _has_fields(constructor: Constructor) -> bool:
    return any(each.field for each in constructor.arguments)


def _elided(docs: "Iterable[Doc | None]") -> list[Doc]:
    """What is not shown as one mark for all that follow each other."""
    found: list[Doc] = []
    for doc in docs:
        if doc is not None:
            found.append(doc)
        elif not found or found[-1] is not ELIDED:
            found.append(ELIDED)
    return found


def _braces(items: Sequence[Doc]) -> Doc:
    return Group(["{", Nest(1, joined([",", LINE], items)), "}"])


def _result(family: Family) -> str:
    """The named result of a family, and which variables it determines."""
    if not family.result:
        return ""
    determined = [
        binder.variable.occ.text
        for binder, injective in zip(family.binders, family.injective, strict=False)
        if injective
    ]
    condition = f" | {family.result} -> {' '.join(determined)}" if determined else ""
    return f" = {family.result}{condition}"


def _dependencies(class_: Class) -> str:
    texts = [f"{' '.join(each.left)} -> {' '.join(each.right)}" for each in class_.dependencies]
    return f" | {', '.join(texts)}" if texts else ""


def _formula(formula: Formula, *, in_and: bool = False) -> str:
    match formula.connective:
        case Connective.AND:
            return ", ".join(_formula(part, in_and=True) for part in formula.parts)
        case Connective.OR:
            text = " | ".join(_formula(part) for part in formula.parts)
            return f"({text})" if in_and else text
        case Connective.PARENTHESES:
            return _formula(formula.parts[0], in_and=in_and)
        case None:
            return prefix(formula.name)
