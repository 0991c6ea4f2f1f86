"""Telling whether a source text or an interface file is the one that was seen before."""

import hashlib
from pathlib import Path


def source_stamp(path: Path, unsaved: str | None) -> str:
    """The hash of the text that GHC sees: of the buffer if it is unsaved, else of the file; empty for none."""
    if unsaved is not None:
        return text_stamp(unsaved)
    try:
        return _stamp(path.read_bytes())
    except OSError:
        return ""


def text_stamp(text: str) -> str:
    """The hash of a text, which is that of a file that holds it."""
    return _stamp(text.encode("utf-8", "surrogatepass"))


def _stamp(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def file_stamp(path: Path) -> str:
    """What changes whenever a file is written; empty when there is none."""
    try:
        found = path.stat()
    except OSError:
        return ""
    return f"{found.st_mtime_ns} {found.st_size}"
