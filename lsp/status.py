"""Tells the editor how the server is: `thatch/status` to those who want it, a message once per trouble to others."""

import logging
from collections.abc import Callable
from typing import Any

from lsprotocol import types

from thatch.core.events import Health, Status
from thatch.lsp import convert
from thatch.lsp.client import Client

STATUS = "thatch/status"
"""The method of both the notification and the request."""

log = logging.getLogger(__name__)

_KINDS = {Health.ERROR: types.MessageType.Error, Health.WARNING: types.MessageType.Warning}


class StatusTeller:
    """Remembers what was told, to tell nothing twice."""

    def __init__(
        self,
        client: Client,
        notify: Callable[[str, dict[str, Any]], None],
        show: Callable[[types.ShowMessageParams], None],
    ) -> None:
        self._client = client
        self._notify = notify
        self._show = show
        self._told: dict[str, Any] | None = None
        self._troubles: set[str] = set()

    def tell(self, now: Status) -> None:
        """Tell the status if it differs from the last one told."""
        self._tell_trouble(now)
        params = convert.status(now)
        if self._client.status and params != self._told:
            self._told = params
            self._notify(STATUS, params)

    def _tell_trouble(self, now: Status) -> None:
        if now.health is Health.OK:
            # A trouble that comes back after all was well is news.
            if now.quiescent:
                self._troubles.clear()
            return
        if now.message in self._troubles:
            return
        self._troubles.add(now.message)
        log.warning("%s: %s", now.health.value, now.message)
        if not self._client.status:
            self._show(types.ShowMessageParams(type=_KINDS[now.health], message=now.message))
