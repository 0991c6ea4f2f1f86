"""Asks the editor to look again at what it shows beside and in the text, once for many changes."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from lsprotocol import types

from thatch.lsp.client import Client
from thatch.lsp.splices import SpliceKey

REFRESH_SECONDS = 0.3
"""How long changes are gathered before the editor is asked."""


class Refresh:
    """Gathers changes and asks for hints, lenses, tokens and documents, as far as the editor can be asked."""

    def __init__(
        self,
        client: Client,
        request: Callable[[str, Any], None],
        call_later: Callable[[float, Callable[[], None]], asyncio.TimerHandle],
    ) -> None:
        self._client = client
        self._request = request
        self._call_later = call_later
        self._documents: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None

    def soon(self, keys: Iterable[SpliceKey] = ()) -> None:
        """What GHC knows of open files changed, or splices did; `keys` are those that documents were made of."""
        self._documents.update(key.uri for key in keys)
        if self._timer is None:
            self._timer = self._call_later(REFRESH_SECONDS, self._ask)

    def close(self) -> None:
        """Ask for nothing more."""
        if self._timer is not None:
            self._timer.cancel()

    def _ask(self) -> None:
        self._timer = None
        documents, self._documents = sorted(self._documents), set()
        if self._client.shows.refreshes_hints:
            self._request(types.WORKSPACE_INLAY_HINT_REFRESH, None)
        if self._client.shows.refreshes_lenses:
            self._request(types.WORKSPACE_CODE_LENS_REFRESH, None)
        if self._client.shows.refreshes_tokens:
            self._request(types.WORKSPACE_SEMANTIC_TOKENS_REFRESH, None)
        if self._client.shows.content:
            for uri in documents:
                params = types.TextDocumentContentRefreshParams(uri)
                self._request(types.WORKSPACE_TEXT_DOCUMENT_CONTENT_REFRESH, params)
