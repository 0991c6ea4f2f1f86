"""Telling whether a source text or an interface file is the one that was seen before."""

import hashlib
from pathlib import Path


def source_stamp(path: Path, unsaved: str | None) -> str:
    """The hash of the text that GHC sees: of the buffer if it is unsaved, else of the file; empty for none."""
    try:
        data = path.read_bytes() if unsaved is None else unsaved.encode("utf-8", "surrogatepass")
    except OSError:
        return ""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def file_stamp(path: Path) -> str:
    """What changes whenever a file is written; empty when there is none."""
    try:
        found = path.stat()
    except OSError:
        return ""
    return f"{found.st_mtime_ns} {found.st_size}"
