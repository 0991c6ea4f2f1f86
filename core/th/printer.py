"""From syntax trees to text: what the other modules of this folder are for."""

from collections.abc import Callable, Sequence

from attrs import frozen

from thatch.core.th.declarations import Printer
from thatch.core.th.depth import room_for_deep_trees
from thatch.core.th.layout import HARD, WIDTH, Doc, Nest, render
from thatch.core.th.names import Names
from thatch.core.th.printing import ATOM, WHOLE, PrintError, nodes
from thatch.core.th.tree import Node, Value

__all__ = ["PrintError", "Printed", "print_declarations", "print_expression", "print_pattern", "print_type"]


@frozen
class Printed:
    """Source text, and what the module that it goes into must have."""

    text: str
    """Without a line feed at the end; its first line starts where it is put, the others stand further in (those of
    declarations: just there)."""

    imports: tuple[str, ...] = ()
    """The modules that the module must import (qualified) besides those that it imports already."""

    unreachable: tuple[str, ...] = ()
    """What it names although no module exports it that can be imported, qualified: the text will not compile."""

    extensions: tuple[str, ...] = ()
    """The language extensions that the text needs, whether or not the module has them."""


def print_expression(
    tree: Value, names: Names, *, atomic: bool = False, strings: bool = False, column: int = 0, width: int = WIDTH
) -> Printed:
    """An expression; unless `atomic`, it may need parentheses where it is put.

    `column` is where its text starts (0-based, code points).  `strings` says that string literals are lists of
    characters in the module, so that these may be written so.  Raises `PrintError` for what has no syntax.
    """
    place = ATOM if atomic else WHOLE
    return _print(tree, names, lambda printer: Nest(2, printer.expression(tree, place)), strings, column, width)


def print_pattern(
    tree: Value, names: Names, *, atomic: bool = False, strings: bool = False, column: int = 0, width: int = WIDTH
) -> Printed:
    """A pattern; as `print_expression`."""
    place = ATOM if atomic else WHOLE
    names.meet_pattern(tree)
    return _print(tree, names, lambda printer: Nest(2, printer.pattern(tree, place)), strings, column, width)


def print_type(
    tree: Value, names: Names, *, atomic: bool = False, strings: bool = False, column: int = 0, width: int = WIDTH
) -> Printed:
    """A type; as `print_expression`."""
    place = ATOM if atomic else WHOLE
    return _print(tree, names, lambda printer: Nest(2, printer.type(tree, place)), strings, column, width)


def print_declarations(
    trees: Value, names: Names, *, strings: bool = False, column: int = 0, width: int = WIDTH
) -> Printed:
    """Declarations, each starting at `column`; raises `PrintError` for what has no syntax."""
    return _print(trees, names, lambda printer: _declarations(printer, nodes(trees)), strings, column, width)


def _print(
    tree: Value, names: Names, doc_of: Callable[[Printer], Doc], strings: bool, column: int, width: int
) -> Printed:
    names.meet(tree)
    names.start_part(frozenset())
    known, known_unreachable = set(names.imports), set(names.unreachable)
    printer = Printer(names, strings=strings)
    with room_for_deep_trees():
        text = render(doc_of(printer), indent=column, width=max(width, column + 60))
    added = tuple(module for module in names.imports if module not in known)
    unreachable = tuple(name for name in names.unreachable if name not in known_unreachable)
    return Printed(text, added, unreachable, tuple(sorted(printer.extensions)))


def _declarations(printer: Printer, trees: Sequence[Value]) -> Doc:
    """Declarations, with empty lines between those of different things."""
    docs: list[Doc] = []
    for index, (tree, own) in enumerate(zip(trees, printer.names.meet_parts(trees), strict=True)):
        if index:
            docs.append([HARD] if _belong_together(trees[index - 1], tree) else [HARD, HARD])
        printer.names.start_part(own, index)
        docs.append(printer.declaration(tree))
    printer.names.start_part(frozenset())
    return docs


def _belong_together(before: Value, after: Value) -> bool:
    return _subject(before) is not None and _subject(before) == _subject(after)


def _subject(tree: Value) -> Value:
    """The one name that a declaration is about; None for many."""
    match tree:
        case Node("FunD" | "SigD" | "KiSigD" | "PatSynSigD" | "PatSynD" | "TySynD" | "DataFamilyD", (name, *_)):
            return name
        case Node("ValD", (Node("VarP", (name,)), *_)):
            return name
        case Node("DataD" | "NewtypeD" | "ClassD", (_, name, *_)):
            return name
        case Node("InfixD", (*_, name)):
            return name
        case Node("PragmaD", (Node("InlineP" | "OpaqueP" | "SpecialiseP" | "SCCP", (name, *_)),)):
            return name
        case Node("OpenTypeFamilyD" | "ClosedTypeFamilyD", (Node(_, (name, *_)), *_)):
            return name
        case _:
            return None
