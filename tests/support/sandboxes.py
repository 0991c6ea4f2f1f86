"""What tests of the sandbox need: a machine where there can be one."""

import asyncio
import shutil
from functools import cache

import pytest

from thatch.core.sandbox.bubblewrap import Unusable, try_out

FORBIDDEN = (
    "creating new namespace failed",
    "no permissions to create",
    "setting up uid map",
    "operation not permitted",
)
"""What bubblewrap says where the kernel or the container forbids namespaces (bubblewrap.c, 0.8 to 0.12)."""


def require_sandbox() -> None:
    """Fail where bubblewrap is missing or broken; skip, with its words, where the machine forbids namespaces."""
    reason = _trouble()
    if any(words in reason.lower() for words in FORBIDDEN):
        pytest.skip(f"this machine forbids namespaces: {reason}")
    if reason:
        pytest.fail(f"{reason}  Run `make test`, which installs bubblewrap.")


@cache
def _trouble() -> str:
    found = asyncio.run(try_out(shutil.which("bwrap")))
    return found.reason if isinstance(found, Unusable) else ""
