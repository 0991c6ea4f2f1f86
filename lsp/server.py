"""The composition root of the language server: joins transport, protocol, session and workspace, and ends them all."""

import asyncio
import contextlib
import logging
import os
import re
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import FeatureRequestError
from pygls.lsp.server import LanguageServer

from thatch.core.events import Listener
from thatch.core.settings import Settings
from thatch.core.version import __version__
from thatch.core.workspace import Workspace
from thatch.lsp import logs, parent, routes
from thatch.lsp.client import Client
from thatch.lsp.protocol import ThatchProtocol
from thatch.lsp.session import OpenWorkspace, Session
from thatch.lsp.transport import Framer, Junk, Message, Oversized, StdinThread, WriterThread

SLOW_SECONDS = 0.1
"""A turn of the loop that takes longer is a bug; asyncio logs it when the log level is debug."""

log = logging.getLogger(__name__)

_PYGLS_NAME = re.compile(r"^pygls\.exceptions\.\w+: ")


def serve(*, tcp: tuple[str, int] | None, log_file: Path | None, log_level: str) -> int:
    """Serve one editor over stdio, or over TCP at `(host, port)`, until it says `exit` or is gone.

    `log_level` is `error`, `warning`, `info` or `debug`.  Returns the process's exit code: 0 after a proper shutdown,
    1 otherwise.
    """
    try:
        closing_log = logs.set_up(log_file, log_level)
    except OSError as error:
        print(f"thatch: cannot write the log file {log_file}: {error.strerror}", file=sys.stderr)
        return 1
    try:
        return asyncio.run(_serve_tcp(*tcp) if tcp else _serve_stdio(), debug=log_level == "debug")
    finally:
        closing_log.close()


def open_workspace(folders: Sequence[Path], settings: Settings, listener: Listener) -> Workspace:
    """A workspace with the cache that the settings describe."""
    # Not before the editor has been answered that the server is there.
    from thatch.cache.open import open_cache

    return Workspace(folders, settings, listener, open_cache(settings))


class ThatchServer(LanguageServer):
    """What pygls calls the server: it holds the one session and knows when to stop."""

    protocol: ThatchProtocol
    session: Session
    """Exists from `initialize` on; the protocol lets no handler run before."""

    def __init__(self, open_workspace: OpenWorkspace = open_workspace) -> None:
        super().__init__("thatch", __version__, protocol_cls=ThatchProtocol)
        self._open_workspace = open_workspace
        self._exit_code: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._editor_log: logs.EditorLog | None = None
        self._parent: asyncio.Task[None] | None = None
        self._framer = Framer()
        routes.register(self)

    def open_session(self, client: Client, options: object) -> None:
        """The editor has introduced itself."""
        self.session = Session(self.protocol, self._open_workspace, client, options)

    def trace(self, level: types.TraceValue | str) -> None:
        """Log to the editor as much as it wishes."""
        if self._editor_log is None:
            self._editor_log = logs.EditorLog(self.window_log_message)
            logs.ROOT.addHandler(self._editor_log)
        self._editor_log.trace(level)

    def receive(self, data: bytes) -> None:
        """Take bytes from the editor; none mean that it is gone."""
        if not data:
            for rest in self._framer.end():
                log.error("The input ended within a message: %.80r", getattr(rest, "data", rest))
            self.stop(1)
            return
        for frame in self._framer.receive(data):
            match frame:
                case Message():
                    self.protocol.receive(frame.body)
                    self._watch_parent()
                case Junk():
                    log.error("Skipped input that is no LSP message: %.80r", frame.data)
                case Oversized():
                    log.error("A message of %d bytes is announced; giving up.", frame.n_bytes)
                    self.stop(1)

    def stop(self, code: int) -> None:
        """End the server soon, with this exit code; the first call counts."""
        if not self._exit_code.done():
            self._exit_code.set_result(code)

    async def stopped(self) -> int:
        """Wait for the end, then end everything that belongs to the session."""
        code = await self._exit_code
        if self._parent is not None:
            self._parent.cancel()
        if hasattr(self, "session"):
            await self.session.close()
        if self._editor_log is not None:
            logs.ROOT.removeHandler(self._editor_log)
        return code

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log what went wrong with a notification; pygls would show it to the user, each time."""
        if not issubclass(source, FeatureRequestError):
            # pygls has wrapped what the handler raised, and put its own exception's name before our sentence.
            log.error("%s", _PYGLS_NAME.sub("", str(error)))

    def _watch_parent(self) -> None:
        """Stop when the editor dies without closing its pipes, because a child of it holds them open."""
        if self._parent is None and self.process_id is not None:
            self._parent = asyncio.create_task(self._outlive(parent.gone(self.process_id)))

    async def _outlive(self, gone: Awaitable[None]) -> None:
        await gone
        log.warning("The editor's process %s is gone.", self.process_id)
        self.stop(1)


async def _serve_stdio() -> int:
    loop = asyncio.get_running_loop()
    if sys.stdin.isatty():
        log.warning("This speaks LSP on stdin and stdout: an editor should start it (see docs/editors.md).")
    stdin, stdout = _take_stdio()
    server = _start(loop)
    writer = WriterThread(stdout, lambda: _on_loop(loop, server.stop, 1))
    server.protocol.set_writer(writer)
    StdinThread(stdin, loop, server.receive)
    code = await server.stopped()
    writer.close()
    return code


async def _serve_tcp(host: str, port: int) -> int:
    """Serve the first client that connects, and end with it: a session belongs to one editor."""
    loop = asyncio.get_running_loop()
    connected: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = loop.create_future()

    def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if connected.done():
            writer.close()
        else:
            connected.set_result((reader, writer))

    try:
        listener = await asyncio.start_server(connect, host, port)
    except OSError as error:
        log.error("Cannot listen on %s:%d: %s", host, port, error.strerror or error)  # noqa: TRY400
        return 1
    log.info("Waiting for a client on %s:%d", *listener.sockets[0].getsockname()[:2])
    reader, writer = await connected
    listener.close()
    server = _start(loop)
    server.protocol.set_writer(writer)
    pump = asyncio.create_task(_pump(reader, server.receive))
    code = await server.stopped()
    pump.cancel()
    writer.close()
    return code


async def _pump(reader: asyncio.StreamReader, receive: Callable[[bytes], None]) -> None:
    data = b"-"
    while data:
        try:
            data = await reader.read(1 << 16)
        except OSError:
            data = b""
        receive(data)


def _start(loop: asyncio.AbstractEventLoop) -> ThatchServer:
    loop.slow_callback_duration = SLOW_SECONDS
    server = ThatchServer()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, server.stop, 128 + number)
    return server


def _on_loop(loop: asyncio.AbstractEventLoop, call: Callable[[int], None], argument: int) -> None:
    with contextlib.suppress(RuntimeError):  # The loop is closed: the server has ended.
        loop.call_soon_threadsafe(call, argument)


def _take_stdio() -> tuple[int, int]:
    """Private copies of stdin and stdout; the public ones become harmless.

    A stray `print`, ours or a child process's, would otherwise corrupt the stream of messages.
    """
    stdin, stdout = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return stdin, stdout
