"""What a `.cabal` file shows of its structure: its symbols, and the lines that can be folded away."""

from collections.abc import Iterable, Iterator

from thatch.core.cabal.outline import Element, Field, Outline, Section
from thatch.core.cabal.words import CONDITIONALS
from thatch.core.structure.folding import Fold
from thatch.core.structure.symbols import Symbol, SymbolKind
from thatch.core.text import LineIndex

MOST_DETAIL = 80
"""How much of a value is shown beside its name."""


def symbols(outline: Outline) -> tuple[Symbol, ...]:
    """The sections and fields in the order of the text."""
    return tuple(_symbols(outline, outline.elements))


def _symbols(outline: Outline, elements: Iterable[Element]) -> Iterator[Symbol]:
    for one in elements:
        if isinstance(one, Field):
            yield _symbol(one, one.name, SymbolKind.FIELD, detail=_detail(outline, one))
        elif one.name:
            kind = SymbolKind.VALUE if one.name in CONDITIONALS else SymbolKind.MODULE
            name = f"{one.name} {one.argument}".strip()
            yield _symbol(one, name, kind, children=tuple(_symbols(outline, one.children)))


def _symbol(
    one: Element, name: str, kind: SymbolKind, *, detail: str = "", children: tuple[Symbol, ...] = ()
) -> Symbol:
    return Symbol(
        name=name,
        kind=kind,
        start=one.start,
        code_start=one.start,
        end=one.end,
        name_start=one.start,
        name_end=one.name_end,
        detail=detail,
        children=children,
    )


def _detail(outline: Outline, one: Field) -> str:
    """The beginning of a value."""
    text = " ".join(" ".join(outline.text[start:end] for start, end in one.pieces).split())
    return text if len(text) <= MOST_DETAIL else f"{text[: MOST_DETAIL - 1]}…"


def folds(outline: Outline, most: int) -> list[Fold]:
    """What takes several lines, the outermost first if there is more than `most`."""
    lines = LineIndex(outline.text)
    found = []
    for one, above in outline.walk():
        start, end = lines.line_of(one.start), lines.line_of(max(one.start, one.end - 1))
        if start < end:
            found.append((len(above), Fold(start, end)))
    kept = sorted(found, key=lambda each: each[0])[:most]
    return sorted({fold.start: fold for _, fold in reversed(kept)}.values())


def selections(outline: Outline, offset: int) -> list[tuple[int, int]]:
    """The regions around an offset, from the smallest on: a word, a line of a value, a field, sections, the file."""
    around = outline.around(offset)
    regions: list[tuple[int, int]] = []
    field = around.field
    if field is not None:
        regions += [(word.start, word.end) for word in outline.words(field)]
        regions += [(word.start, word.end) for word in outline.entries(field)]
        regions += [*field.pieces, (field.start, field.name_end), (field.start, field.end)]
    regions += [region for section in around.sections for region in _parts(section)]
    holding = {region for region in regions if region[0] <= offset <= region[1]}
    chain: list[tuple[int, int]] = []
    for region in [*sorted(holding, key=lambda region: region[1] - region[0]), (0, len(outline.text))]:
        # Of two words that touch, the second one is not around the first.
        if not chain or (region != chain[-1] and region[0] <= chain[-1][0] and chain[-1][1] <= region[1]):
            chain.append(region)
    return chain


def _parts(section: Section) -> Iterator[tuple[int, int]]:
    yield section.start, section.name_end
    yield section.argument_region
    yield section.start, section.end
