"""The names that each import without a list brings and the module uses."""

import re
from collections.abc import Iterator, Mapping, Sequence

from thatch.core.diagnostics import Span
from thatch.core.hie.model import ExternalName
from thatch.core.navigation.inlay import Inlay, listed
from thatch.core.navigation.seen import Seen
from thatch.core.syntax import Import, is_literate, parse_header
from thatch.core.th.imports import ImportDeclaration, read_imports
from thatch.core.th.names import Space, prefix
from thatch.core.th.packages import SPACES
from thatch.core.th.scope import Exported, Exports

PRELUDE = "Prelude"

Thing = tuple[str, str, Space]
"""The module that defines something, its name, and what kind of name that is."""


def import_names(seen: Seen, exports: Exports) -> Iterator[Inlay]:
    """A hint behind each import of a whole module that is as GHC saw it.  Blocking, since it reads interfaces."""
    text = seen.facts.text
    header = parse_header(text, literate=is_literate(seen.path))
    declarations = read_imports(text, header)
    used, elsewhere = _used(seen), _elsewhere(declarations, exports)
    for head, declaration in zip(header.imports, declarations, strict=False):
        end = _end(text, seen.facts.lines.offsets(head.span)[1])
        offset = None if declaration.items is not None or head.conditional else _now(seen, head, end)
        if offset is None:
            continue
        brought = exports.exports(head.module, head.package) or ()
        names = _brought(declaration, brought, used, elsewhere if head.module != PRELUDE else frozenset())
        whole = f"({', '.join(names)})"
        yield Inlay(offset=offset, label=f"({listed(names)})", whole=whole, insertions=((offset, f" {whole}"),))


def _used(seen: Seen) -> Mapping[Thing, frozenset[str]]:
    """What of other modules is used, and behind which qualifiers; the empty one means none."""
    facts = seen.facts
    found: dict[Thing, set[str]] = {}
    for one in facts.occurrences:
        name = one.name
        space = SPACES.get(name.occ.namespace) if isinstance(name, ExternalName) else None
        if isinstance(name, ExternalName) and space and name.module != facts.module and facts.is_written(one):
            qualifier = _QUALIFIER.match(facts.text, *facts.lines.offsets(one.span))
            thing = name.module.name, name.occ.as_written.text, space
            found.setdefault(thing, set()).add(qualifier[1] if qualifier else "")
    return {thing: frozenset(qualifiers) for thing, qualifiers in found.items()}


def _elsewhere(declarations: Sequence[ImportDeclaration], exports: Exports) -> frozenset[Thing]:
    """What the `Prelude` brings anyway, and what imports list."""
    found: set[Thing] = set()
    for one in declarations:
        listed_names = {name for item in one.items or () for name in (item.name, *(item.parts or ()))}
        if not one.qualified and not one.hiding and (one.module == PRELUDE or listed_names):
            for each in exports.exports(one.module, one.package) or ():
                if one.items is None or {each.occ, each.parent} & listed_names:
                    found.add((each.module, each.occ, each.space))
    return frozenset(found)


def _brought(
    declaration: ImportDeclaration,
    exported: Sequence[Exported],
    used: Mapping[Thing, frozenset[str]],
    elsewhere: frozenset[Thing],
) -> list[str]:
    """The used names that an import brings, as items of an import list.

    What comes from `elsewhere` counts only where it is used with the qualifier.
    """
    behind = {declaration.qualifier} if declaration.qualified else {declaration.qualifier, ""}
    parts: dict[str, set[str]] = {}
    for each in exported:
        qualifiers = used.get((each.module, each.occ, each.space), frozenset()) & behind
        if qualifiers - ({""} if (each.module, each.occ, each.space) in elsewhere else set()):
            parts.setdefault(each.parent or each.occ, set()).update([each.occ] if each.parent else [])
    return [_item(name, sorted(parts[name])) for name in sorted(parts)]


def _item(name: str, parts: Sequence[str]) -> str:
    return f"{prefix(name)}({', '.join(map(prefix, parts))})" if parts else prefix(name)


def _now(seen: Seen, head: Import, end: int) -> int | None:
    start = seen.facts.lines.offsets(head.span)[0]
    lines = seen.facts.lines
    region = seen.region(Span(*lines.ghc_position(start), *lines.ghc_position(end)))
    return region[1] if region else None


def _end(text: str, end: int) -> int:
    """Where an import without a list ends, by the end of the module's name."""
    rest = _REST.match(text, end)
    return rest.end() if rest else end


_QUALIFIER = re.compile(r"[`('?#]*((?:[A-Z][\w']*\.)*[A-Z][\w']*)\.(?=[^\s.]|\.)")
_REST = re.compile(r"(?:\s+qualified)?(?:\s+as\s+[\w.']+)?")
