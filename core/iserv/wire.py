"""How a tap tells the server what it saw: frames on a local socket; both ends are elsewhere.

Part of the tap: standard library only.  A frame is the length of its header and of its body (four bytes each, the
biggest first), the header as JSON (an object with the key `event`), and the body as bytes.

What writes JSON is loaded by the first frame, so that the tap is ready before it.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Header = dict[str, Any]
else:
    Header = dict

ASK = b"?"
"""What the server writes to ask for what it has not been told yet."""

MOST_HEADER = 2**24
MOST_BODY = 2**28
"""Longer frames are not written, and taken for damage when read."""

SPLICE = "splice"
"""A splice came to its end.  The body is its result and then each question's bytes and the answer's."""
FINALIZED = "finalized"
"""What a splice left for the end of its module came to its end there.  The body is that of a splice without result."""
RUNNING = "running"
"""A splice has been running for a while."""
REFUSED = "refused"
"""A splice was answered without being run."""
REPLAYED = "replayed"
"""A splice was replayed from its record."""
STARTED = "started"
"""The interpreter runs."""
DIED = "died"
"""The interpreter is gone before its time."""
TROUBLE = "trouble"
"""The conversation is not understood any more."""
TOLD = "told"
"""The answer to a question (`ASK`): all that happened before has been told."""
SAID = "said"
"""The interpreter wrote to its standard output or error; the body is what it wrote."""


class WrongFrame(Exception):  # noqa: N818  # Part of the tap, which must not import the errors of thatch.
    """Bytes that are no frame."""


def frame(header: Header, body: bytes = b"") -> bytes:
    """One frame; empty when it would be too long."""
    import json

    text = json.dumps(header).encode()
    if len(text) > MOST_HEADER or len(body) > MOST_BODY:
        return b""
    return len(text).to_bytes(4, "big") + len(body).to_bytes(4, "big") + text + body


class Frames:
    """Cuts a stream of bytes into frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[tuple[Header, bytes]]:
        """Take more bytes; return the frames that they complete.  Raises `WrongFrame`."""
        self._buffer += data
        found = []
        while (end := self._end()) and len(self._buffer) >= end:
            n_header = int.from_bytes(self._buffer[:4], "big")
            header = _parsed(bytes(self._buffer[8 : 8 + n_header]))
            found.append((header, bytes(self._buffer[8 + n_header : end])))
            del self._buffer[:end]
        return found

    @property
    def incomplete(self) -> bool:
        """Whether a frame has come in part."""
        return bool(self._buffer)

    def _end(self) -> int:
        """Where the first frame ends; 0 when that is not known yet."""
        if len(self._buffer) < 8:
            return 0
        n_header, n_body = int.from_bytes(self._buffer[:4], "big"), int.from_bytes(self._buffer[4:8], "big")
        if n_header > MOST_HEADER or n_body > MOST_BODY:
            raise WrongFrame(f"a frame of {n_header} and {n_body} bytes")
        return 8 + n_header + n_body


def _parsed(text: bytes) -> Header:
    import json

    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WrongFrame(f"a header that is no JSON: {error}") from None
    if not isinstance(header, dict) or not isinstance(header.get("event"), str):
        raise WrongFrame("a header without an event")
    return header
