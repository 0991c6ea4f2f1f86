"""Where the server's log goes: stderr or a file, and to the editor when it asks by its trace level; never stdout."""

import logging
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from thatch.lsp.transport import WriterThread

ROOT = logging.getLogger()
PYGLS_NOISE = ("Cancel notification for unknown", "Unable to deserialize", "Ignoring notification for unknown")
"""What pygls logs of things that are normal, or that we log ourselves."""

_UNKNOWN = "Failed to handle request %r, unknown method"

_KINDS = {
    logging.DEBUG: types.MessageType.Debug,
    logging.INFO: types.MessageType.Info,
    logging.WARNING: types.MessageType.Warning,
    logging.ERROR: types.MessageType.Error,
    logging.CRITICAL: types.MessageType.Error,
}


class OneLine(logging.Formatter):
    """One line for each record; tracebacks only where somebody hunts a bug."""

    def __init__(self, *, tracebacks: bool) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._tracebacks = tracebacks

    def formatException(  # noqa: N802  # logging's own name.
        self,
        ei: "tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]",
    ) -> str:
        """The last cause of an exception and where it arose, or all of it."""
        if self._tracebacks or ei[1] is None:
            return super().formatException(ei)
        error = ei[1]
        while error.__cause__ is not None:
            error = error.__cause__
        frames = traceback.extract_tb(error.__traceback__)
        where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
        return f"  {type(error).__name__}: {error}{where}".replace("\n", " | ")

    def format(self, record: logging.LogRecord) -> str:
        """The record without line breaks, unless tracebacks are wanted."""
        record.exc_text = None  # A cached text may be another formatter's.
        text = super().format(record)
        return text if self._tracebacks else text.replace("\n", " | ")


class EditorLog(logging.Handler):
    """Sends records to the editor as `window/logMessage`, as far as its trace level wishes."""

    def __init__(self, send: Callable[[types.LogMessageParams], None]) -> None:
        super().__init__(level=logging.CRITICAL + 1)
        self._send = send
        self.setFormatter(logging.Formatter("%(name)s: %(message)s"))

    def trace(self, value: types.TraceValue | str) -> None:
        """`off` sends nothing, `messages` what a user may want to know, `verbose` all that is logged."""
        levels = {"off": logging.CRITICAL + 1, "messages": logging.INFO, "verbose": logging.DEBUG}
        self.setLevel(levels.get(getattr(value, "value", value), logging.CRITICAL + 1))

    def emit(self, record: logging.LogRecord) -> None:
        """Send a record, except what the sending itself may log."""
        if record.name.startswith("pygls") and record.levelno < logging.WARNING:
            return
        kind = _KINDS.get(record.levelno, types.MessageType.Log)
        self._send(types.LogMessageParams(type=kind, message=self.format(record)))


class StderrLog(logging.Handler):
    """Writes to stderr without ever waiting for who should read it."""

    def __init__(self) -> None:
        super().__init__()
        self._writer = WriterThread(2, lambda: None)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record soon."""
        self._writer.write(f"{self.format(record)}\n".encode("utf-8", "backslashreplace"))

    def close(self) -> None:
        """Write what is left."""
        self._writer.close()
        super().close()


def set_up(log_file: Path | None, log_level: str) -> logging.Handler:
    """Log to a file, or to stderr, until the handler is closed.  Raises `OSError` when the file cannot be written."""
    handler = StderrLog() if log_file is None else logging.FileHandler(log_file, encoding="utf-8")
    level = logging.getLevelNamesMapping()[log_level.upper()]
    handler.setFormatter(OneLine(tracebacks=level <= logging.DEBUG))
    ROOT.addHandler(handler)
    ROOT.setLevel(level)
    quiet_pygls()
    return handler


def quiet_pygls() -> None:
    """Keep pygls from logging every message, and what is not worth a warning."""
    logging.getLogger("pygls").setLevel(max(logging.WARNING, ROOT.level))
    logging.getLogger("pygls.protocol.json_rpc").addFilter(_WorthIt())


class _WorthIt(logging.Filter):
    """Passes what is news: an editor that asks for what we do not have asks for it again and again."""

    def __init__(self) -> None:
        super().__init__()
        self._unknown: set[object] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, JsonRpcException) and error.code == types.LSPErrorCodes.RequestFailed:
            # A refusal, which the user reads in the answer.
            return False
        message = str(record.msg)
        if message.startswith(_UNKNOWN) and isinstance(record.args, tuple):
            method = record.args[-1]
            known = method in self._unknown
            self._unknown.add(method)
            return not known
        return not message.startswith(PYGLS_NOISE)
