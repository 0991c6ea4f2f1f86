"""Changes that no message asks for, at a place of a module that GHC has compiled: what is inferred is written down."""

import re
from collections.abc import Iterable, Iterator

from thatch.core.fixes.model import Fix, FixKind
from thatch.core.fixes.signatures import is_writable
from thatch.core.fixes.source import Source
from thatch.core.hi.model import Namespace
from thatch.core.hie.model import ExternalName
from thatch.core.navigation.import_names import import_names
from thatch.core.navigation.inlay import Inlay, binding_types
from thatch.core.navigation.seen import Seen, word_at
from thatch.core.splices.inline_head import Edit
from thatch.core.th.imports import ImportDeclaration
from thatch.core.th.packages import SPACES
from thatch.core.th.scope import brought


def rewrites(source: Source, seen: Seen, region: tuple[int, int]) -> Iterator[Fix]:
    """What can be written down in the lines of a region (offsets).  Reads interfaces."""
    yield from signatures(source, seen, _lines(source, region))
    yield from _explicit_imports(source, seen, region)
    yield from _qualified(source, seen, region[0])


def signatures(source: Source, seen: Seen, region: tuple[int, int]) -> Iterator[Fix]:
    """The signatures of bindings without one that begin in a region (offsets).  Reads interfaces."""
    yield from _signatures(source, seen, binding_types(seen, region))


def top_level_signatures(source: Source, seen: Seen) -> Iterator[Fix]:
    """The signatures of all bindings of the top level that have none.  Reads interfaces."""
    found = binding_types(seen, (0, len(source.text)))
    yield from _signatures(source, seen, (one for one in found if not one.is_local))


def _signatures(source: Source, seen: Seen, bindings: Iterable[Inlay]) -> Iterator[Fix]:
    found = [one for one in bindings if one.insertions]
    known = source.types | _own_types(seen) if found else frozenset()
    for one in found:
        of_type = one.whole.partition(" :: ")[2]
        is_known = is_writable(source, of_type) and set(_BARE.findall(of_type)) <= known
        # What has a mistake in it may have any type at all.
        if is_known and not _LONE_VARIABLE.fullmatch(of_type):
            yield Fix(title=f"Add signature: {' '.join(one.whole.split())}", edits=_edits(one), kind=FixKind.REWRITE)


def _own_types(seen: Seen) -> frozenset[str]:
    """The types and classes that the module declares."""
    own = (one.name.occ for one in seen.facts.occurrences if one.binds and isinstance(one.name, ExternalName))
    return frozenset(occ.text for occ in own if occ.namespace is Namespace.TYPE)


_LONE_VARIABLE = re.compile(r"[a-z_]\w*")
_BARE = re.compile(r"(?<![\w.'\"])[A-Z][\w']*(?![\w'.])")


def _explicit_imports(source: Source, seen: Seen, region: tuple[int, int]) -> Iterator[Fix]:
    """Imports with the names that they bring and the module uses, if the region is among the imports."""
    imports = source.head.header.imports
    if not imports or region[0] > source.lines.offsets(imports[-1].span)[1]:
        return
    found = list(import_names(seen, source.exports))
    start, end = _lines(source, region)
    for one in found:
        if start <= one.offset <= end:
            module = next(each.module for each in reversed(imports) if source.lines.offsets(each.span)[1] <= one.offset)
            yield Fix(title=f"Make the import of {module} explicit", edits=_edits(one), kind=FixKind.REWRITE)
    if len(found) > 1:
        edits = tuple(sorted(edit for one in found for edit in _edits(one)))
        yield Fix(title="Make all imports explicit", edits=edits, kind=FixKind.REWRITE)


def _qualified(source: Source, seen: Seen, offset: int) -> Iterator[Fix]:
    """The qualifiers that an imported name at an offset can have."""
    if offset < source.head.body or _is_in_imports(source, offset):
        return
    start, end = word_at(source.text, offset)
    names = {one.name for one in seen.names_at(offset) if isinstance(one.name, ExternalName)}
    for name in names:
        occ, space = name.occ.as_written.text, SPACES.get(name.occ.namespace)
        if source.text[start:end] != occ or space is None or name.module == seen.facts.module:
            continue
        for qualifier in dict.fromkeys(
            each.qualifier for each in source.imports if _brings(source, each, (occ, space, name.module.name))
        ):
            title = f"Qualify: {qualifier}.{occ}"
            yield Fix(title=title, edits=(Edit(start, end, f"{qualifier}.{occ}"),), kind=FixKind.REWRITE)


def _brings(source: Source, declaration: ImportDeclaration, thing: tuple[str, object, str]) -> bool:
    exported = source.exports.exports(declaration.module, declaration.package) or ()
    return any((each.occ, each.space, each.module) == thing for each in brought(declaration, exported))


def _is_in_imports(source: Source, offset: int) -> bool:
    imports = source.head.header.imports
    if not imports:
        return False
    start = source.lines.offsets(imports[-1].span)[0]
    return offset <= source.head.item_end(source.code.rindex("import", 0, start), start)


def _edits(one: Inlay) -> tuple[Edit, ...]:
    return tuple(Edit(at, at, text) for at, text in one.insertions)


def _lines(source: Source, region: tuple[int, int]) -> tuple[int, int]:
    """A region that was made larger, to whole lines."""
    start = source.text.rfind("\n", 0, region[0]) + 1
    end = source.text.find("\n", region[1])
    return start, len(source.text) if end < 0 else end + 1
