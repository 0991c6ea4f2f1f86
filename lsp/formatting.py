"""Formatting documents by the user's own formatter."""

import asyncio

from lsprotocol import types

from thatch.core.documents import read_text
from thatch.core.errors import ThatchError
from thatch.core.text import LineIndex
from thatch.core.tools.format import format_edits
from thatch.core.tools.formatters import CABAL, Lines, Request, family_of
from thatch.lsp import convert
from thatch.lsp.edits import text_edits
from thatch.lsp.session import Session


async def formatting(session: Session, uri: str, lines: Lines | None) -> list[types.TextEdit] | None:
    """The edits of a document, or of some of its lines and the declarations around them; None for what is no file.

    Raises `ThatchError` if it cannot be formatted.  May be cancelled at any time.
    """
    view, path = session.view(), convert.path(uri)
    if path is None:
        return None
    if not session.trusted:
        raise ThatchError(message="The workspace is not trusted: it says which program formats.")
    document = view.snapshot.documents.get(path)
    text = document.text if document else await asyncio.to_thread(read_text, path)
    if text is None:
        return None
    settings = session.settings
    setting = settings.cabal_formatter if family_of(path) is CABAL else settings.formatter
    edits = await format_edits(text, Request(path, session.extensions(path), lines), setting)
    return text_edits(view, document.lines if document else LineIndex(text), edits)
