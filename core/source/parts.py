"""The parts of types and of lists of constructors, and the comments that belong to each."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from attrs import define, field, frozen

from thatch.core.source.layout import CLOSING, OPENING, depths, find, items, split
from thatch.core.source.lexer import Kind, Token
from thatch.core.source.values import signature_names

ARROWS = ("->", "→", "⊸")
_BEHIND_CONTEXT = ("=>", "⇒")


@define
class Part:
    """Something that a comment can be about."""

    start: int
    """The offset of its first character."""

    end: int
    names: tuple[Token, ...] = ()
    """Of fields: their names."""

    comments: list[str] = field(factory=list)

    def add(self, comment: Token) -> None:
        """Take a comment, which counts if it says something and is the first."""
        if comment.text.strip() and not self.comments:
            self.comments.append(comment.text)


@frozen
class Constructor:
    """A constructor, or several that are declared together."""

    names: tuple[Token, ...]

    parts: tuple[Part, ...]
    """All that comments can be about, in order."""

    heads: tuple[Part, ...]
    """Those that are the constructor itself."""

    arguments: tuple[Part, ...]
    fields: tuple[Part, ...]

    end: int
    """The offset behind it."""

    @property
    def is_documented_inside(self) -> bool:
        """Whether any of its parts has a comment."""
        return any(part.comments for part in self.parts)


def type_parts(code: Sequence[Token]) -> list[Part]:
    """The arguments and the result of a type, without what is in front of its contexts."""
    pieces = split([token for token in code if not token.is_comment], *ARROWS)
    return [Part(piece[0].start, piece[-1].end) for piece in map(_without_context, pieces) if piece]


def documented_constructors(tokens: Sequence[Token], comments: Sequence[Token]) -> list[Constructor]:
    """The constructors behind a `=`, each with those of the declaration's comments that belong to it."""
    code = [token for token in tokens if not token.is_comment]
    deriving = find(code, "deriving")
    constructors = [each for piece in split(code[:deriving], "|") if (each := _constructor(piece))]
    for comment in comments:
        if deriving is None or comment.start < code[deriving].start:
            _give(comment, constructors)
    return constructors


def gadt_constructors(tokens: Sequence[Token], comments: Sequence[Token]) -> list[Constructor]:
    """The constructors behind a `where`, each with those of the declaration's comments that belong to it."""
    declared = [item.code for item in items(tokens) if not item.tokens[0].is_comment]
    constructors = [_typed_constructor(names, code) for code in declared if (names := signature_names(code))]
    parts = [part for each in constructors for part in each.parts]
    distribute(comments, parts)
    return constructors


def distribute(comments: Sequence[Token], parts: Sequence[Part]) -> None:
    """Give each comment to the part behind it or in front of it."""
    for comment in comments:
        if part := _neighbour(comment, parts):
            part.add(comment)


def _neighbour(comment: Token, parts: Sequence[Part]) -> Part | None:
    """The part, among some in order, that a comment is about if there is nothing else to be about."""
    if comment.kind is Kind.NEXT:
        index = bisect_left(parts, comment.end, key=lambda part: part.start)
        return parts[index] if index < len(parts) else None
    index = bisect_right(parts, comment.start, key=lambda part: part.end)
    return parts[index - 1] if index > 0 else None


def _give(comment: Token, constructors: Sequence[Constructor]) -> None:
    """Give a comment to a part of a constructor, or to the one that it stands behind."""
    index = bisect_right(constructors, comment.start, key=lambda each: each.end)
    parts = constructors[index].parts if index < len(constructors) else ()
    if part := _neighbour(comment, parts):
        part.add(comment)
    elif comment.kind is Kind.PREVIOUS and index > 0:
        before = constructors[index - 1]
        # Behind a constructor whose parts have comments, it is about the last of them.
        last = (before.arguments or before.fields)[-1:] if before.is_documented_inside else before.heads
        for part in last:
            part.add(comment)


def _constructor(code: Sequence[Token]) -> Constructor | None:
    """A constructor in the older syntax: `C a b`, `a :+ b`, `C { f :: a }`."""
    code = _without_context(code)
    if not code:
        return None
    end = code[-1].end
    pieces = list(_atoms(code))
    infix = next((index for index, piece in enumerate(pieces) if _is_infix(piece)), None)
    if infix is not None:
        sides = [pieces[:infix], pieces[infix + 1 :]]
        arguments = tuple(Part(side[0][0].start, side[-1][-1].end) for side in sides if side)
        name = pieces[infix][len(pieces[infix]) // 2]
        head = Part(name.start, name.end)
        return Constructor((name,), (*arguments[:1], head, *arguments[1:]), (head,), arguments, (), end)
    name_piece = pieces[0]
    name = name_piece[1] if name_piece[0].text == "(" and len(name_piece) > 1 else name_piece[0]
    head = Part(name_piece[0].start, name_piece[-1].end)
    if len(pieces) > 1 and pieces[1][0].text == "{":
        fields = tuple(_fields(pieces[1]))
        return Constructor((name,), (head, *fields), (head,), (), fields, end)
    arguments = tuple(Part(piece[0].start, piece[-1].end) for piece in pieces[1:])
    return Constructor((name,), (head, *arguments), (head,), arguments, (), end)


def _typed_constructor(names: Sequence[Token], code: Sequence[Token]) -> Constructor:
    """Constructors with a type: `C, D :: a -> T`, `C :: { f :: a } -> T`."""
    head = Part(names[0].start, names[0].end)
    colons = find(code, "::", "∷") or 0
    type_code = _without_context(code[colons + 1 :])
    if type_code and type_code[0].text == "{":
        fields = tuple(_fields(next(_atoms(type_code))))
        return Constructor(tuple(names), (head, *fields), (head,), (), fields, code[-1].end)
    arguments = tuple(type_parts(type_code))
    return Constructor(tuple(names), (head, *arguments), (head,), arguments, (), code[-1].end)


def _fields(record: Sequence[Token]) -> Iterator[Part]:
    """The fields in braces, those that share a type together."""
    inner = record[1:-1] if record[-1].text == "}" else record[1:]
    waiting: list[Token] = []
    for piece in split(inner, ","):
        waiting += [*([Token(Kind.MARK, ",", 0, 0, 0, 0)] if waiting else []), *piece]
        for each in _typed(waiting):
            if names := signature_names(each):
                yield Part(each[0].start, each[-1].end, tuple(names))
                waiting = []


def _typed(code: Sequence[Token]) -> list[list[Token]]:
    """The fields in a piece, of which there are several where the branches of a preprocessor leave out the comma."""
    colons = [index for index, (depth, token) in enumerate(depths(code)) if depth == 0 and token.text in {"::", "∷"}]
    starts = [0, *(index - 1 for index in colons[1:])]
    return [list(code[start:end]) for start, end in zip(starts, [*starts[1:], len(code)], strict=True)]


def _atoms(code: Sequence[Token]) -> Iterator[list[Token]]:
    """The pieces that stand side by side: names, brackets, and the signs in front of them."""
    piece: list[Token] = []
    ticks = 0
    for depth, token in depths(code):
        piece.append(token)
        if token.text == "`":
            ticks += 1
        is_open = depth > 0 or (token.kind is Kind.MARK and token.text in OPENING) or ticks % 2 == 1
        closes = token.kind is Kind.MARK and token.text in CLOSING and depth == 0
        if closes or (not is_open and not _is_sign(token)):
            yield piece
            piece = []
    if piece:
        yield piece


def _is_sign(token: Token) -> bool:
    """Whether a token belongs to what follows it: strictness, promotion."""
    return token.text in {"!", "~", "'", "@", "%"}


def _is_infix(piece: Sequence[Token]) -> bool:
    only = piece[0]
    return only.text == "`" or (len(piece) == 1 and only.kind is Kind.SYMBOL and only.text.startswith(":"))


def _without_context(code: Sequence[Token]) -> Sequence[Token]:
    """A type or a constructor without `forall a.` and `C a =>`."""
    start, quantified = 0, False
    for index, (depth, token) in enumerate(depths(code)):
        if depth > 0:
            continue
        if token.text in {"forall", "∀"} and index == start:
            quantified = True
        elif token.text in _BEHIND_CONTEXT or (quantified and token.text in {".", "->", "→"}):
            start, quantified = index + 1, False
    return code[start:]
