"""Where the index of a project lies, and which databases are indexes; what is in them is in `schema.sql`."""

import hashlib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from thatch.core.database import Database
from thatch.core.hi.model import Name
from thatch.core.project.folders import plain_name

SCHEMA_VERSION = 1
"""Grows with every change of `schema.sql`, of the packing of spans, or of what is read from `.hie` files."""


class IndexClosedError(Exception):
    """Somebody asks an index whose project is gone."""


def schema() -> str:
    """The statements that make the tables."""
    return files("thatch.core.index").joinpath("schema.sql").read_text("utf-8")


def index_folder(cache_dir: Path, root: Path, ghc: str, known: Mapping[str, Name]) -> Path:
    """The folder of the index of the project at `root`, as a version of GHC sees it that knows some names by heart.

    Where a GHC could not be asked for these, another index is made: they would be other names in it.
    """
    identity = repr((str(root), ghc, sorted(known)))
    digest = hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return cache_dir / "index" / f"{plain_name(root.name)}-{digest}"


def open_index(folder: Path, ghc: str) -> Database:
    """The database in a folder, made when it is first used; one of another schema or another GHC is replaced.

    Numbers of names that GHC knows by heart, and with them the meaning of `.hie` files, change with its versions.
    """
    numbers = [int(part) for part in ghc.split(".") if part.isdecimal()]
    series, patch = (*numbers, 0, 0)[:2], (*numbers, 0, 0, 0)[2]
    version = SCHEMA_VERSION * 1_000_000 + series[0] * 10_000 + series[1] * 100 + patch
    return Database(folder, "index", schema=schema(), version=version, closed=IndexClosedError)
