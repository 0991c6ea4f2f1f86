"""`textDocument/rangeFormatting`: some declarations as the user's own formatter writes them."""

from lsprotocol import types

from thatch.core.tools.formatters import Lines
from thatch.lsp.formatting import formatting
from thatch.lsp.session import Session


async def handle(session: Session, params: types.DocumentRangeFormattingParams) -> list[types.TextEdit] | None:
    """The lines that change in the declarations that the range touches.  May be cancelled at any time."""
    start, end = params.range.start, params.range.end
    # A range that ends where a line begins does not mean that line.
    last = end.line if end.character == 0 and end.line > start.line else end.line + 1
    return await formatting(session, params.text_document.uri, Lines(start.line + 1, last))
