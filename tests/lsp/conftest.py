"""What the server's unit tests share: an editor inside the process."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.support.editor import Editor


@pytest_asyncio.fixture
async def editor() -> AsyncIterator[Editor]:
    """An editor that has said nothing yet; the server is ended after the test."""
    one = Editor()
    yield one
    await one.close()
