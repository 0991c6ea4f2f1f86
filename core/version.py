"""The version of the installed distribution."""

from importlib import metadata

try:
    __version__ = metadata.version("thatch")
except metadata.PackageNotFoundError:  # Run from the source tree without being installed.
    __version__ = "0+source"
