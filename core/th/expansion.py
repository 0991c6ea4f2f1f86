"""What a splice gave back, as source for the module that it stands in: the door to this folder for all others."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Protocol, TypeVar

from attrs import evolve, frozen

from thatch.core.errors import ThatchError
from thatch.core.splices.runs import SpliceKind, SpliceRun
from thatch.core.syntax import parse_header
from thatch.core.th.extensions import enabled_extensions, lacking
from thatch.core.th.imports import read_imports
from thatch.core.th.name_splices import with_name_splices
from thatch.core.th.names import Names
from thatch.core.th.printer import (
    Printed,
    PrintError,
    print_declarations,
    print_expression,
    print_pattern,
    print_type,
)
from thatch.core.th.schema import Schema, TypeUse
from thatch.core.th.scope import Exports, ModuleScope, defined_names
from thatch.core.th.tree import DECLARATIONS, EXPRESSION, PATTERN, TYPE, Value, decode

T = TypeVar("T")


class PrintResult(Protocol):
    """A printer of one class of syntax."""

    def __call__(self, tree: Value, names: Names, /, *, strings: bool = False) -> Printed:
        """Source for a tree; `strings` says that string literals are lists of characters in the module."""
        ...


RESULTS: Mapping[SpliceKind, tuple[TypeUse, PrintResult]] = {
    SpliceKind.EXPRESSION: (EXPRESSION, print_expression),
    SpliceKind.PATTERN: (PATTERN, print_pattern),
    SpliceKind.TYPE: (TYPE, print_type),
    SpliceKind.DECLARATIONS: (DECLARATIONS, print_declarations),
}


@frozen(kw_only=True)
class Expansion:
    """A splice's result as source that compiles where the splice stands."""

    text: str
    """As if it stood in the first column: declarations begin there, all other lines stand further in.

    An expression, pattern or type may need parentheses; `thatch.core.splices.inline` knows when."""

    imports: tuple[str, ...] = ()
    """Whole import declarations, one line each, that it needs and the module lacks."""

    unreachable: tuple[str, ...] = ()
    """What it names although no module exports it that can be imported, qualified: the text will not compile."""

    with_name_splices: "Expansion | None" = None
    """The same, but with splices of single names for all that no import can reach, if that is possible."""

    extensions: tuple[str, ...] = ()
    """The names of language extensions that it needs and the module lacks."""

    n_declarations: int = 0
    """How many declarations it has; 0 for anything else."""


class ModuleExpander:
    """Prints the results of the splices of one module.  It may read interface files, so it is for threads."""

    def __init__(self, module: str, text: str, schema: Schema, exports: Exports, flags: Sequence[str] = ()) -> None:
        """`text` is the module's, as it was compiled; `flags` are those of its unit."""
        header = parse_header(text)
        self._schema = schema
        self._scope = ModuleScope(module, read_imports(text, header), exports, defined_names(text))
        self._enabled = enabled_extensions(header, flags)
        self._known = {each.name for each in schema.types["Extension"].constructors} | {"CPP"}
        self._strings = self._enabled.isdisjoint({"OverloadedStrings", "OverloadedLists", "RebindableSyntax"})

    def expand(self, run: SpliceRun) -> Expansion:
        """The expansion of one splice that is replaced alone.

        Raises `DecodeError` for a result that is damaged or of another GHC, and `PrintError` for one without syntax.
        """
        return self._expand(run, self._decoded(run), self._names())

    def expand_all(self, runs: Sequence[SpliceRun]) -> list["Expansion | ThatchError"]:
        """The expansions of splices that are all replaced, whose fresh names must not get into each other's way.

        An error stands for what cannot be shown.
        """
        names = self._names()
        trees = [_tried(partial(self._decoded, run)) for run in runs]
        declaring = [
            tree
            for run, tree in zip(runs, trees, strict=True)
            if run.kind is SpliceKind.DECLARATIONS and isinstance(tree, tuple)
        ]
        names.meet_top([declaration for tree in declaring for declaration in tree])
        expansions: list[Expansion | ThatchError] = []
        for run, tree in zip(runs, trees, strict=True):
            names.start_tree()
            if isinstance(tree, ThatchError):
                expansions.append(tree)
            else:
                expansions.append(_tried(partial(self._expand, run, tree, names)))
        return expansions

    def _names(self) -> Names:
        return Names(self._scope, promoting="RequiredTypeArguments" in self._enabled)

    def _decoded(self, run: SpliceRun) -> Value:
        if run.result is None:
            raise PrintError(message="The splice failed, so that there is nothing to show.", detail=run.failure)
        if run.kind not in RESULTS:
            raise PrintError(message="The value of an annotation has no source.")
        return decode(run.result, RESULTS[run.kind][0], self._schema)

    def _expand(self, run: SpliceRun, tree: Value, names: Names) -> Expansion:
        expansion = self._printed(run, tree, names)
        if not expansion.unreachable:
            return expansion
        names.start_tree()
        other = self._printed(run, with_name_splices(tree, names.reaches, run.unit), names)
        return expansion if other.unreachable else evolve(expansion, with_name_splices=other)

    def _printed(self, run: SpliceRun, tree: Value, names: Names) -> Expansion:
        _, print_result = RESULTS[run.kind]
        printed = print_result(tree, names, strings=self._strings)
        declarations = tree if run.kind is SpliceKind.DECLARATIONS and isinstance(tree, tuple) else ()
        return Expansion(
            text=printed.text,
            imports=tuple(f"import qualified {module}" for module in printed.imports),
            unreachable=printed.unreachable,
            # What older compilers allow without an extension is none of theirs.
            extensions=lacking(self._known.intersection(printed.extensions), self._enabled),
            n_declarations=len(declarations),
        )


def _tried(make: Callable[[], T]) -> T | ThatchError:
    try:
        return make()
    except ThatchError as error:
        return error


def expand(run: SpliceRun, text: str, schema: Schema, exports: Exports, flags: Sequence[str] = ()) -> Expansion:
    """The expansion of a splice in a module with that text; as `ModuleExpander.expand`."""
    return ModuleExpander(run.module, text, schema, exports, flags).expand(run)
