"""What can stand at a place that is being typed: asks all who know, and puts what they say in order."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from attrs import evolve, frozen

from thatch.core.completion.asked import Asked, Where, asked_at, item_end
from thatch.core.completion.call import calls_at
from thatch.core.completion.importable import Importable
from thatch.core.completion.local_names import scoped_names, written_names
from thatch.core.completion.model import NONE, Candidate, Completions, Kind, Origin
from thatch.core.completion.ranking import TYPES, VALUES, ranked, surroundings
from thatch.core.completion.scope import Scope, made_names, own_names, scope_of, table_of
from thatch.core.completion.wanted_type import fitting_names
from thatch.core.completion.words import extensions, flags, keywords, pragmas
from thatch.core.documents import read_text
from thatch.core.index import queries
from thatch.core.index.model import Definition, IndexedModule
from thatch.core.navigation.code import Code
from thatch.core.navigation.seen import Seen
from thatch.core.source.lexer import tokens
from thatch.core.source.outline import outline
from thatch.core.splices.inline_lexer import code_only, line_end
from thatch.core.syntax import is_literate, parse_header
from thatch.core.th.imports import ImportDeclaration, read_imports
from thatch.core.th.names import is_operator, prefix
from thatch.core.th.packages import InterfaceExports

MOST_OFFERED = 150
"""How many names are offered; who wants another one types on."""

MOST_SYMBOLS = 200
"""How many names of other modules of the project are looked at, the shortest first."""

MOST_MODULES = 8
"""Of how many modules the names are offered behind a qualifier that no import has."""

FEWEST_LETTERS = 2
"""How many letters must be typed for names to be offered that are not in scope."""


class Completer:
    """Answers what can stand at a place, and remembers what imports bring.  For the loop's thread only."""

    def __init__(self, cache_dir: Callable[[], Path]) -> None:
        self._cache_dir = cache_dir
        self._importable: dict[frozenset[str], Importable] = {}
        self._scopes: dict[Path, tuple[Sequence[ImportDeclaration], InterfaceExports, Scope]] = {}

    async def complete(self, code: Code, path: Path, offset: int, *, unasked: bool = False) -> Completions:
        """What can stand at an offset of a file, as the editor shows it.  May be cancelled at any time.

        `unasked` says that the user typed a dot or the like, and may not want to know.
        """
        text = await text_of(code, path)
        home = code.modules.nearest(path)
        asked = await asyncio.to_thread(asked_at, text, offset)
        if asked is None or (unasked and not _is_meant(asked)):
            return NONE
        if asked.where in {Where.PRAGMA, Where.EXTENSION, Where.OPTION}:
            return await asyncio.to_thread(_language, asked, text, home.files.options() if home else ())
        exports = await home.files.exports(home.module.unit) if home else None
        importable = self._importable_of(exports) if exports else None
        seen = await code.modules.seen(path, code.documents)
        others = await _others(code, asked, exports) if exports else []
        scope = partial(self._scope, path, exports)
        question = _Question(asked, text, seen, exports, importable, others, scope, code.index.is_current)
        found = await asyncio.to_thread(question.answer)
        if importable:
            # Not before the first answer, which it would delay.
            importable.begin()
        return found

    async def named(self, code: Code, path: Path, label: str) -> list[Candidate]:
        """What a file could import that is called so, from the project and then from packages, as far as that is known.

        May be cancelled at any time.
        """
        home = code.modules.nearest(path)
        if home is None:
            return []
        exports = await home.files.exports(home.module.unit)
        importable = self._importable_of(exports)
        importable.begin()
        others = await code.index.recall(lambda view: queries.labelled(view, label))
        here = {(each.unit, each.name) for each in exports.homes if each.name != home.module.name}
        found = [(module, one) for module, one in others if (module.unit, module.name) in here]
        own = await asyncio.to_thread(lambda: list(_exported(found, exports)))
        return [*own, *(each for each in importable.find(label) if each.label == label)]

    async def read(self, code: Code, path: Path) -> None:
        """Wait until all is known that a file could import.  May be cancelled at any time."""
        home = code.modules.nearest(path)
        if home:
            await self._importable_of(await home.files.exports(home.module.unit)).read()

    async def close(self) -> None:
        """End what is done in the background."""
        for each in self._importable.values():
            await each.close()

    def _importable_of(self, exports: InterfaceExports) -> Importable:
        key = frozenset(exports.visible)
        if key not in self._importable:
            self._importable[key] = Importable(exports, self._cache_dir())
        return self._importable[key]

    def _scope(self, path: Path, exports: InterfaceExports | None, imports: Sequence[ImportDeclaration]) -> Scope:
        """What imports bring, worked out again only when they or what they export changed.  Blocking."""
        if exports is None:
            return Scope({}, {}, {})
        known = self._scopes.get(path)
        if known is None or known[0] != imports or known[1] is not exports:
            known = self._scopes[path] = imports, exports, scope_of(imports, exports)
        return known[2]


def _is_meant(asked: Asked) -> bool:
    """Whether the character that was typed last calls for an answer."""
    return bool(asked.qualifier) or asked.where in {Where.DOT, Where.MODULE, Where.IMPORTED_MODULE, Where.PRAGMA}


async def text_of(code: Code, path: Path) -> str:
    """The text of a file; of a literate one, with blanks for what is no code."""
    document = code.documents.get(path)
    text = document.text if document else await asyncio.to_thread(_read, path)
    return code_only(text) if is_literate(path) else text


def _read(path: Path) -> str:
    return read_text(path) or ""


async def _others(code: Code, asked: Asked, exports: InterfaceExports) -> list[tuple[IndexedModule, Definition]]:
    """What other modules of the project define that begins with what was typed."""
    if not _is_enough(asked.typed) or asked.qualifier or asked.where not in _NAMES:
        return []
    pattern = asked.typed.translate(_QUOTED) + "%"
    found = await code.index.ask(lambda view: queries.symbols(view, pattern, MOST_SYMBOLS), wait=False)
    importable = {(home.unit, home.name) for home in exports.homes}
    return [(module, one) for module, one in found if (module.unit, module.name) in importable]


def _is_enough(typed: str) -> bool:
    """Whether names are to be offered that are not in scope; operators are short."""
    return len(typed) >= FEWEST_LETTERS or is_operator(typed)


_QUOTED = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})
_NAMES = frozenset({Where.EXPRESSION, Where.TYPE, Where.TOP, Where.DOT, Where.FIELD})


def _language(asked: Asked, text: str, options: Sequence[str]) -> Completions:
    match asked.where:
        case Where.PRAGMA:
            found = pragmas(text[asked.end : line_end(text, asked.end)])
        case Where.EXTENSION:
            found = extensions(options)
        case _:
            found = flags(options)
    return _offered(asked, text, found, frozenset())


def _offered(
    asked: Asked, code: str, found: Iterable[Candidate], likely: frozenset[str], *, whole: bool = True
) -> Completions:
    """The best of what fits; `whole` says that nothing was left out of it."""
    around = surroundings(code, asked, item_end(code, max(asked.end, asked.item + 1)))
    best = ranked(asked, found, around, likely)
    return Completions(
        asked.start, tuple(best[:MOST_OFFERED]), complete=whole and len(best) <= MOST_OFFERED, qualifier=asked.qualifier
    )


@frozen
class _Question:
    """A place where a name is being typed, and all that is known there.  Answering blocks."""

    asked: Asked
    code: str
    seen: Seen | None
    exports: InterfaceExports | None
    importable: Importable | None

    others: Sequence[tuple[IndexedModule, Definition]]
    """What other modules of the project define."""

    scope: Callable[[Sequence[ImportDeclaration]], Scope]

    knows_others: bool
    """Whether all other modules of the project are known."""

    def answer(self) -> Completions:
        """What can stand there."""
        match self.asked.where:
            case Where.MODULE:
                return self._modules()
            case Where.IMPORTED_MODULE:
                modules = dict.fromkeys(each.module for each in self._imports())
                return self._offer(_module(name, Origin.IMPORTED) for name in modules)
            case Where.IMPORT_WORD:
                return self._offer(keywords(Where.IMPORT_WORD))
            case Where.IMPORT_ITEM:
                return self._offer(self._items())
            case Where.EXPORT_ITEM:
                return self._offer(self._exportable())
            case _ if self.asked.qualifier:
                return self._qualified()
            case _:
                return self._names()

    def _offer(self, found: Iterable[Candidate], *, whole: bool = True) -> Completions:
        return _offered(self.asked, self.code, found, frozenset(), whole=whole)

    def _imports(self) -> Sequence[ImportDeclaration]:
        return read_imports(self.code, parse_header(self.code))

    def _modules(self) -> Completions:
        names = self.exports.modules() if self.exports else ()
        return self._offer([*(_module(name, Origin.IMPORTED) for name in names), *keywords(Where.MODULE)])

    def _items(self) -> Iterator[Candidate]:
        """What an import can list; constructors only behind their types."""
        exported = (self.exports.exports(self.asked.subject) if self.exports else None) or ()
        there = self._listed()
        parents = {each.parent for each in exported if each.parent}
        for each in table_of(exported, exported, self.asked.subject, Origin.IMPORTED).values():
            candidate = each if self.asked.typed else evolve(each, label=prefix(each.label))
            if each.label in there:
                continue
            if self.asked.parent:
                if candidate.parent == self.asked.parent:
                    yield candidate
            elif candidate.kind is not Kind.CONSTRUCTOR or not candidate.parent:
                yield candidate
                if candidate.label in parents:
                    yield evolve(candidate, label=f"{candidate.label}(..)")
        if not self.asked.parent:
            yield from keywords(Where.IMPORT_ITEM)

    def _exportable(self) -> Iterator[Candidate]:
        """What a module can export: what it defines, and what it imports or could."""
        parent = self.asked.parent
        scope, there = self.scope(self._imports()), self._listed()
        for each in (*self._own(), *scope.bare.values(), *scope.left_out.get("", {}).values()):
            candidate = each if self.asked.typed else evolve(each, label=prefix(each.label))
            if each.label in there:
                continue
            if candidate.parent == parent if parent else candidate.kind is not Kind.CONSTRUCTOR:
                yield candidate
        if not parent:
            yield from keywords(Where.EXPORT_ITEM)

    def _listed(self) -> frozenset[str]:
        """The names in the list that is being written, which nobody lists twice."""
        end = item_end(self.code, max(self.asked.end, self.asked.item + 1))
        found = tokens(f"{self.code[self.asked.item : self.asked.start]} {self.code[self.asked.end : end]}")
        return frozenset(token.text for token in found if not token.is_comment)

    def _own(self) -> list[Candidate]:
        """What the module defines, by its text and by what its splices have made."""
        # What stands beside the item that is being typed stays the same from letter to letter.
        item, end = self.asked.item, item_end(self.code, max(self.asked.end, self.asked.item + 1))
        rest = outline(f"{self.code[:item]}\n{self.code[end:]}")
        here = outline(f"{self.code[item : self.asked.start]}{self.code[self.asked.end : end]}")
        module = self.seen.facts.module.name if self.seen else ""
        written = list(own_names((*rest.definitions, *here.definitions), module))
        made = made_names(self.seen, {each.label for each in written}) if self.seen else ()
        return [*written, *made]

    @property
    def _wanted(self) -> frozenset[Kind]:
        return TYPES if self.asked.where is Where.TYPE else VALUES

    def _qualified(self) -> Completions:
        scope, qualifier = self.scope(self._imports()), self.asked.qualifier
        found = list(scope.qualified.get(qualifier, {}).values())
        found += scope.left_out.get(qualifier, {}).values()
        modules = [] if qualifier in scope.qualified else self._modules_called(qualifier)
        for name in modules[:MOST_MODULES]:
            found += self._of_module(name)
        deeper = [] if self.asked.typed.islower() else self._deeper(scope, qualifier)
        wanted = [each for each in found if each.kind in self._wanted]
        return self._offer([*wanted, *deeper], whole=len(modules) <= MOST_MODULES)

    def _modules_called(self, qualifier: str) -> list[str]:
        """The modules whose names end like a qualifier that no import has, the shortest first."""
        names = self.exports.modules() if self.exports else ()
        ending = (name for name in names if f".{name}".endswith(f".{qualifier}"))
        return sorted(ending, key=lambda each: (each.count("."), len(each), each))

    def _of_module(self, name: str) -> Iterable[Candidate]:
        """What a module exports that must be imported."""
        exported = (self.exports.exports(name) if self.exports else None) or ()
        return table_of(exported, exported, name, Origin.IMPORTABLE).values()

    def _deeper(self, scope: Scope, qualifier: str) -> Iterator[Candidate]:
        """The next parts of longer qualifiers."""
        longer = (each.removeprefix(f"{qualifier}.") for each in scope.qualified if each.startswith(f"{qualifier}."))
        for name in dict.fromkeys(longer):
            yield _module(name, Origin.IMPORTED)

    def _names(self) -> Completions:
        """Names without a qualifier: what is in scope, the nearest first, and what could be."""
        scope = self.scope(self._imports())
        in_scope = [*self._locals(), *self._own(), *scope.bare.values()]
        nearest: dict[tuple[str, bool], Candidate] = {}
        for candidate in in_scope:
            if candidate.kind in self._wanted and (self.asked.typed or not is_operator(candidate.label)):
                nearest.setdefault((candidate.label, candidate.kind in TYPES), candidate)
        written = written_names(self.code, self.asked, {label for label, _ in nearest})
        found = [*nearest.values(), *written, *self._keywords(), *self._qualifiers(scope)]
        if self.asked.where is Where.FIELD:
            found = list(self._fields(found))
        missing = list(self._missing(scope, {label for label, _ in nearest}))
        is_whole = _is_enough(self.asked.typed) and self._knows_all
        return _offered(self.asked, self.code, [*found, *missing], self._fitting(), whole=is_whole)

    def _fitting(self) -> frozenset[str]:
        """The names of the type that is wanted, where that is known."""
        calls = calls_at(self.code, self.asked.start) if self.seen and self.asked.where is Where.EXPRESSION else ()
        if not self.seen or not calls:
            return frozenset()
        function = self.code[calls[0].start : calls[0].end].rsplit(".", 1)[-1]
        return fitting_names(self.seen, function, calls[0])

    @property
    def _knows_all(self) -> bool:
        knows_packages = self.importable is not None and self.importable.is_complete
        return knows_packages and self.knows_others and len(self.others) < MOST_SYMBOLS

    def _locals(self) -> Iterator[Candidate]:
        # The innermost is found last, and counts.
        found = {each.label: each for each in scoped_names(self.seen, self.asked)} if self.seen else {}
        yield from found.values()

    def _keywords(self) -> list[Candidate]:
        where = Where.EXPRESSION if self.asked.where is Where.DOT else self.asked.where
        return keywords(where) if self.asked.typed else []

    def _qualifiers(self, scope: Scope) -> Iterator[Candidate]:
        """What can stand before a dot: shown to those who type a capital."""
        if self.asked.typed[:1].isupper():
            for name in scope.qualified:
                yield _module(name, Origin.IMPORTED)

    def _fields(self, found: Sequence[Candidate]) -> Iterator[Candidate]:
        """The fields of the type of a constructor; without one, or if it has none, all."""
        constructor = self.asked.subject
        types = {each.parent for each in found if each.kind is Kind.CONSTRUCTOR and each.label == constructor}
        fields = [each for each in found if each.kind is Kind.FIELD]
        yield from [each for each in fields if each.parent in types] or fields

    def _missing(self, scope: Scope, known: set[str]) -> Iterator[Candidate]:
        """What could be imported and is called like nothing that is in scope."""
        if not self.asked.typed or self.asked.where is Where.FIELD:
            return
        typed = self.asked.typed.lower()
        near = {
            thing: each for thing, each in scope.left_out.get("", {}).items() if each.label.lower().startswith(typed)
        }
        if not _is_enough(typed):
            near = {thing: each for thing, each in near.items() if each.label == self.asked.typed}
        far = self.importable.find(typed) if self.importable and _is_enough(typed) else ()
        names = {each.name for each in near.values()}
        others = (each for each in (*self._home(), *far) if each.name not in names)
        for each in (*near.values(), *others):
            if each.label not in known and each.kind in self._wanted:
                yield each

    def _home(self) -> Iterator[Candidate]:
        """What other modules of the project define and export."""
        if self.exports:
            yield from _exported(self.others, self.exports)


def _exported(defined: Iterable[tuple[IndexedModule, Definition]], exports: InterfaceExports) -> Iterator[Candidate]:
    """Those of some definitions that their modules export.  Reads interfaces."""
    labels: dict[str, set[tuple[str, str]]] = {}
    for module, one in defined:
        labels.setdefault(module.name, set()).add((one.label, one.key.module))
    for name, wanted in labels.items():
        exported = exports.exports(name) or ()
        some = [each for each in exported if (each.occ, each.module) in wanted]
        yield from table_of(some, exported, name, Origin.IMPORTABLE).values()


def _module(name: str, origin: Origin) -> Candidate:
    return Candidate(label=name, kind=Kind.MODULE, origin=origin, module=name)
