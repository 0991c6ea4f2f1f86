"""The tap's end of the socket to the server: frames are queued and sent as it takes them; a lost server is no trouble.

Part of the tap: standard library only.
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
else:
    # What Python puts around it takes long to load.
    import _socket as socket

MOST_QUEUED = 2**28
"""A server that is this many bytes behind is given up."""

MOST_ASKED = 64
"""So many questions are taken at once."""

MOST_PATH = 100
"""The bytes that the path of a socket may have (the system's limit is 108 with a final zero, 104 on some)."""


class ServerLink:
    """Sends frames without ever waiting."""

    def __init__(self, path: str) -> None:
        self._queue = bytearray()
        self._socket = _connected(path) if path else None

    @property
    def descriptor(self) -> int:
        """The socket's; -1 when there is none (any more)."""
        return self._socket.fileno() if self._socket else -1

    @property
    def waiting(self) -> bool:
        """Whether something is still to be sent."""
        return bool(self._queue)

    def send(self, data: bytes) -> None:
        """Queue a frame, and send what can be sent at once."""
        if self._socket is None or not data:
            return
        self._queue += data
        if len(self._queue) > MOST_QUEUED:
            self.lose()
        else:
            self.flush()

    def flush(self) -> None:
        """Send what can be sent at once."""
        while self._queue and self._socket:
            try:
                n_sent = self._socket.send(self._queue)
            except BlockingIOError:
                return
            except OSError:
                self.lose()
                return
            del self._queue[:n_sent]

    def asked(self) -> int:
        """How often the server has asked what it was not told yet, if there is something to read.

        The server is lost if it has hung up.
        """
        if self._socket is None:
            return 0
        try:
            n_asked = len(self._socket.recv(MOST_ASKED))
        except BlockingIOError:
            return 0
        except OSError:
            n_asked = 0
        if not n_asked:
            self.lose()
        return n_asked

    def close(self, seconds: float) -> None:
        """Send the rest, waiting at most that long for each part, and close."""
        if self._socket:
            self._socket.settimeout(seconds)
            try:
                self._socket.sendall(self._queue)
            except OSError:
                pass
            finally:
                self.lose()

    def lose(self) -> None:
        """Give the server up."""
        self._queue.clear()
        if self._socket:
            self._socket.close()
            self._socket = None


def _connected(path: str) -> "socket.socket | None":
    link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    folder = -1
    try:
        name = os.fsencode(path)
        if len(name) > MOST_PATH:
            folder = os.open(os.path.dirname(name), os.O_RDONLY)  # noqa: PTH120  # pathlib loads slowly.
            name = b"/proc/self/fd/%d/%s" % (folder, os.path.basename(name))  # noqa: PTH119
        link.connect(name)
        link.setblocking(False)
    except OSError:
        link.close()
        return None
    finally:
        if folder >= 0:
            os.close(folder)
    return link
