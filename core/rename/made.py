"""Names that splices made of the names of types, constructors and fields, as lenses are made of fields.

They would get other names too, which nothing here can follow.
"""

from collections.abc import Iterator

from thatch.core.hi.model import Namespace
from thatch.core.index import queries
from thatch.core.index.model import Definition, IndexedModule
from thatch.core.navigation.code import Code
from thatch.core.rename.file_edits import stop
from thatch.core.rename.thing import Thing

MOST_LOOKED_AT = 10_000
"""How many names that hold a thing's name are looked at."""


async def check_made(code: Code, thing: Thing) -> None:
    """Raise `ThatchError` if a splice made a name of a thing's.  May be cancelled at any time."""
    if thing.space is Namespace.VARIABLE and not thing.is_field:
        return
    stem = thing.label.strip("_")
    found = await code.index.ask(lambda view: queries.symbols(view, f"%{queries.escaped(stem)}%", MOST_LOOKED_AT))
    ends = list(_ends(stem)) if thing.is_field else []
    found += await code.index.ask(lambda view: (one for end in ends for one in queries.labelled(view, end)))
    for module, made in found:
        if made.key not in thing.keys and is_made_of(made.label, thing.label) and await _is_made(code, module, made):
            seen = await code.modules.seen(module.path, code.documents)
            assert seen
            reason = f"a splice makes `{made.label}` here, perhaps of `{thing.label}`"
            raise stop(module.path, seen.lines, seen.nearest(made.span)[0], reason)


def is_made_of(made: str, label: str) -> bool:
    """Whether a name may be made of another one: `name` of `_name` and of `personName`, `point` of `Point`."""
    stem = label.strip("_")
    if not stem:
        return False
    return stem in made or _capital(stem) in made or made == _small(stem) or made in set(_ends(stem))


def _ends(stem: str) -> Iterator[str]:
    """What `makeFields` of lens makes of the last words of a field's name."""
    for at, letter in enumerate(stem):
        if at and letter.isupper():
            yield _small(stem[at:])
            yield f"Has{stem[at:]}"


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


def _small(name: str) -> str:
    return name[0].lower() + name[1:]


async def _is_made(code: Code, module: IndexedModule, made: Definition) -> bool:
    """Whether a name is not written where it is defined."""
    span = made.span
    if span.start_line == span.end_line and span.end_column - span.start_column == len(made.label):
        return False
    seen = await code.modules.seen(module.path, code.documents)
    return seen is not None and made.label not in seen.facts.text[slice(*seen.facts.lines.offsets(span))]
