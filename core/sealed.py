"""Small files of JSON that are read only if they are whole: the first line is the hash of the rest."""

import json
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any


def read_sealed(path: Path) -> Any:
    """The value of a file; None when it is missing or damaged.  Blocking, briefly."""
    try:
        seal, _, data = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    return json.loads(data) if seal == _seal(data) else None


def write_sealed(path: Path, value: Any) -> bool:
    """Replace a file at once, making its folder if need be; whether it could be written.  Blocking, briefly."""
    data = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
            temporary = Path(file.name)
            file.write(_seal(data) + b"\n" + data)
        temporary.replace(path)
    except OSError:
        if temporary:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        return False
    return True


def _seal(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).hexdigest().encode()
