"""The values of the setting `sandbox`."""

from enum import Enum


class SandboxMode(Enum):
    """Whether sessions run in a sandbox."""

    AUTO = "auto"
    """Where it works."""

    REQUIRE = "require"
    """Always: no GHC is started without it."""

    OFF = "off"
    """Never."""
