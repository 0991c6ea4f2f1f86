"""What a splice gave back, as source for the module that it stands in: the door to this folder for all others."""

from collections.abc import Callable, Mapping, Sequence

from attrs import frozen

from thatch.core.splices import SpliceKind, SpliceRun
from thatch.core.syntax import parse_header
from thatch.core.text import LineIndex
from thatch.core.th.extensions import enabled_extensions, lacking
from thatch.core.th.imports import read_imports
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
from thatch.core.th.scope import Exports, ModuleScope, defined_names, words_of
from thatch.core.th.tree import DECLARATIONS, EXPRESSION, PATTERN, TYPE, Value, decode

RESULTS: Mapping[SpliceKind, tuple[TypeUse, Callable[[Value, Names], Printed]]] = {
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

    An expression, pattern or type may need parentheses; `thatch.core.inline` knows when."""

    imports: tuple[str, ...] = ()
    """Whole import declarations, one line each, that it needs and the module lacks."""

    hidden: tuple[str, ...] = ()
    """Modules among those that cannot be imported, since their packages hide them: the text will not compile."""

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
        self._lines = LineIndex(text)
        self._scope = ModuleScope(module, read_imports(text, header), exports, defined_names(text))
        self._enabled = enabled_extensions(header, flags)

    def expand(self, run: SpliceRun) -> Expansion:
        """The expansion of one splice that is replaced alone.

        Raises `DecodeError` for a result that is damaged or of another GHC, and `PrintError` for one without syntax.
        """
        return self._expand(run, self._names([run]))

    def expand_all(self, runs: Sequence[SpliceRun]) -> list["Expansion | PrintError"]:
        """The expansions of splices that are all replaced, whose fresh names must not get into each other's way."""
        names = self._names(runs)
        expansions: list[Expansion | PrintError] = []
        for run in runs:
            names.forget_imports()
            try:
                expansions.append(self._expand(run, names))
            except PrintError as error:
                expansions.append(error)
        return expansions

    def _names(self, replaced: Sequence[SpliceRun]) -> Names:
        """What spells names when these splices are no longer there, whose own words do not count then."""
        kept, reached = [], 0
        for start, end in sorted(self._lines.offsets(run.span) for run in replaced):
            kept.append(self._lines.text[reached : max(start, reached)])
            reached = max(end, reached)
        return Names(self._scope, words_of(" ".join([*kept, self._lines.text[reached:]])))

    def _expand(self, run: SpliceRun, names: Names) -> Expansion:
        if run.result is None:
            raise PrintError(message="The splice failed, so that there is nothing to show.", detail=run.failure)
        if run.kind not in RESULTS:
            raise PrintError(message="The value of an annotation has no source.")
        use, print_result = RESULTS[run.kind]
        tree = decode(run.result, use, self._schema)
        return self._expansion(tree, run.kind, print_result(tree, names))

    def _expansion(self, tree: Value, kind: SpliceKind, printed: Printed) -> Expansion:
        declarations = tree if kind is SpliceKind.DECLARATIONS and isinstance(tree, tuple) else ()
        return Expansion(
            text=printed.text,
            imports=tuple(f"import qualified {module}" for module in printed.imports),
            hidden=printed.not_importable,
            extensions=lacking(printed.extensions, self._enabled),
            n_declarations=len(declarations),
        )


def expand(run: SpliceRun, text: str, schema: Schema, exports: Exports, flags: Sequence[str] = ()) -> Expansion:
    """The expansion of a splice in a module with that text; as `ModuleExpander.expand`."""
    return ModuleExpander(run.module, text, schema, exports, flags).expand(run)
