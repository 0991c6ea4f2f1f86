"""`thatch/status`: how the server is, for whoever asks."""

from typing import Any

from thatch.lsp import convert
from thatch.lsp.session import View


async def handle(view: View, _params: None) -> dict[str, Any]:
    """The same object that the notification of this name carries."""
    return convert.status(view.snapshot.status)
