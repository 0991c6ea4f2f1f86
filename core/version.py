"""The version of thatch; `pyproject.toml` takes it from here, so that nobody reads the installed package's metadata."""

__version__ = "0.1.0"
