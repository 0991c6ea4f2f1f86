"""What a module defines, where, and what its comments say of it, found in its text alone.

Text that does not parse gives what can be recognised.
"""

from collections.abc import Sequence
from functools import lru_cache

from thatch.core.source.declarations import Declarations
from thatch.core.source.layout import find
from thatch.core.source.lexer import Kind, Token, tokens
from thatch.core.source.model import Outline


@lru_cache(maxsize=32)
def outline(text: str) -> Outline:
    """The outline of a module's text; of literate Haskell, `inline_lexer.code_only` gives the text that is meant."""
    found = tokens(text)
    start, name, comment = _header(found)
    declarations = Declarations()
    declarations.read(found[start:])
    return Outline(
        definitions=declarations.definitions(),
        comment=comment,
        fixities=tuple(declarations.fixities),
        name_span=name.span if name else None,
    )


def _header(found: Sequence[Token]) -> tuple[int, Token | None, str | None]:
    """Where the body of the module starts, the module's name, and the comment above it."""
    n_comments = next((index for index, token in enumerate(found) if not token.is_comment), len(found))
    if found[n_comments : n_comments + 1] == [] or found[n_comments].text not in {"module", "signature"}:
        return 0, None, None
    comments = [token.text for token in found[:n_comments] if token.kind is Kind.NEXT and token.text.strip()]
    body = _behind_where(found, n_comments)
    while body < len(found) and (found[body].text == "module" or (found[body].text == "(" and found[body].column > 1)):
        # The branches of a preprocessor have a header or a list of exports each.
        body = _behind_where(found, body)
    name = found[n_comments + 1] if n_comments + 1 < len(found) else None
    return body, name, comments[0] if comments else None


def _behind_where(found: Sequence[Token], start: int) -> int:
    """The index behind the `where` that ends a header."""
    where = find(found[start:], "where")
    if where is None:
        # The list of exports is still being typed.
        behind = range(start + 1, len(found))
        return next(
            (index for index in behind if found[index].column == 1 and found[index].kind is Kind.WORD), len(found)
        )
    return start + where + 1
