"""The closed table of what is answered: method and lane; the only place that registers handlers with pygls.

`initialize`, `exit` and `$/setTrace` are missing here: they make, end and log the session that handlers work with, and
are `protocol.py`'s.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from attrs import frozen
from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInternalError

from thatch.core.errors import ThatchError
from thatch.lsp.actions import EVALUATE, TAKE_FIX
from thatch.lsp.session import View
from thatch.lsp.splices import RUN_AGAIN, SHOW_EXPANSION
from thatch.lsp.status import STATUS

if TYPE_CHECKING:
    from thatch.lsp.server import ThatchServer

log = logging.getLogger(__name__)


class Lane(Enum):
    """How a handler runs."""

    SYNC = "sync"
    """`(session, params)`: changes things and never awaits, so that messages take effect in the order they come."""

    READ = "read"
    """`async (view, params)`: sees an immutable view taken when it begins; may be cancelled at any await."""

    WAIT = "wait"
    """`async (session, params)`: waits for GHC and looks afterwards; may be cancelled at any await."""


@frozen
class Route:
    """One method and who answers it."""

    method: str
    lane: Lane
    options: Any = None
    """What the server's capabilities say about it, where there is something to say."""

    @property
    def handler(self) -> Callable[..., Any]:
        """The function `handle` of the file in `features/` that is named after the method, such as `thatch_restart.py`.

        It is loaded when it is first called: all features together would double the time of a start.
        """
        return _handler(_WORD.sub("_", self.method).lower())


_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])|[/.]")


@cache
def _handler(feature: str) -> Callable[..., Any]:
    handle: Callable[..., Any] = import_module(f"thatch.lsp.features.{feature}").handle
    return handle


MOVED_FILES = types.FileOperationRegistrationOptions(
    [
        types.FileOperationFilter(types.FileOperationPattern(glob, kind), "file")
        for glob, kind in (
            ("**/*.{hs,lhs,hs-boot,lhs-boot}", types.FileOperationPatternKind.File),
            ("**/*", types.FileOperationPatternKind.Folder),
        )
    ]
)
"""What of files being moved is of interest: modules, and folders that may hold some."""

ROUTES: tuple[Route, ...] = (
    # The session's life.
    Route(types.INITIALIZED, Lane.SYNC),
    Route(types.SHUTDOWN, Lane.WAIT),
    # What the editor tells: in order, at once.
    Route(types.TEXT_DOCUMENT_DID_OPEN, Lane.SYNC),
    Route(types.TEXT_DOCUMENT_DID_CHANGE, Lane.SYNC),
    Route(types.TEXT_DOCUMENT_DID_SAVE, Lane.SYNC),
    Route(types.TEXT_DOCUMENT_DID_CLOSE, Lane.SYNC),
    Route(types.WORKSPACE_DID_CHANGE_CONFIGURATION, Lane.SYNC),
    Route(types.WORKSPACE_DID_CHANGE_WATCHED_FILES, Lane.SYNC),
    Route(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, Lane.SYNC),
    Route("thatch/didGrantTrust", Lane.SYNC),
    # What the editor asks, once GHC has judged what it told before.
    Route(
        types.TEXT_DOCUMENT_DIAGNOSTIC,
        Lane.WAIT,
        types.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=True, identifier="thatch"),
    ),
    Route(types.WORKSPACE_DIAGNOSTIC, Lane.WAIT),
    Route("thatch/doctor", Lane.WAIT),
    Route(types.TEXT_DOCUMENT_RENAME, Lane.WAIT, types.RenameOptions(prepare_provider=True)),
    # What the user's own programs are asked.
    Route(types.TEXT_DOCUMENT_FORMATTING, Lane.WAIT),
    Route(types.TEXT_DOCUMENT_RANGE_FORMATTING, Lane.WAIT),
    # What the editor asks, as things stand.
    Route(
        types.TEXT_DOCUMENT_COMPLETION,
        Lane.READ,
        types.CompletionOptions(trigger_characters=[".", "#"], resolve_provider=True),
    ),
    Route(types.COMPLETION_ITEM_RESOLVE, Lane.READ),
    Route(types.TEXT_DOCUMENT_SIGNATURE_HELP, Lane.READ, types.SignatureHelpOptions(trigger_characters=[" ", "("])),
    Route(types.TEXT_DOCUMENT_HOVER, Lane.READ),
    Route(types.TEXT_DOCUMENT_DEFINITION, Lane.READ),
    Route(types.TEXT_DOCUMENT_DECLARATION, Lane.READ),
    Route(types.TEXT_DOCUMENT_IMPLEMENTATION, Lane.READ),
    Route(types.TEXT_DOCUMENT_TYPE_DEFINITION, Lane.READ),
    Route(types.TEXT_DOCUMENT_REFERENCES, Lane.READ),
    Route(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, Lane.READ),
    Route(types.TEXT_DOCUMENT_PREPARE_RENAME, Lane.READ),
    Route(types.WORKSPACE_WILL_RENAME_FILES, Lane.READ, MOVED_FILES),
    Route(types.TEXT_DOCUMENT_INLAY_HINT, Lane.READ),
    Route(types.INLAY_HINT_RESOLVE, Lane.READ),
    Route(types.TEXT_DOCUMENT_CODE_LENS, Lane.READ),
    Route(
        types.TEXT_DOCUMENT_CODE_ACTION,
        Lane.READ,
        types.CodeActionOptions(
            code_action_kinds=[
                types.CodeActionKind.QuickFix,
                types.CodeActionKind.RefactorInline,
                types.CodeActionKind.RefactorRewrite,
                types.CodeActionKind.SourceOrganizeImports,
            ],
            resolve_provider=True,
        ),
    ),
    Route(types.CODE_ACTION_RESOLVE, Lane.READ),
    Route(types.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY, Lane.READ),
    Route(types.CALL_HIERARCHY_INCOMING_CALLS, Lane.READ),
    Route(types.CALL_HIERARCHY_OUTGOING_CALLS, Lane.READ),
    Route(types.TEXT_DOCUMENT_PREPARE_TYPE_HIERARCHY, Lane.READ),
    Route(types.TYPE_HIERARCHY_SUPERTYPES, Lane.READ),
    Route(types.TYPE_HIERARCHY_SUBTYPES, Lane.READ),
    Route(types.WORKSPACE_SYMBOL, Lane.READ),
    # What the editor asks of the text alone: threads do the work.
    Route(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, Lane.READ),
    Route(types.TEXT_DOCUMENT_FOLDING_RANGE, Lane.READ),
    Route(types.TEXT_DOCUMENT_SELECTION_RANGE, Lane.READ),
    # The protocol puts the client's own legend in the place of this one.
    Route(
        types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL,
        Lane.READ,
        types.SemanticTokensLegend([], []),
    ),
    Route(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL_DELTA, Lane.READ),
    Route(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, Lane.READ),
    Route(types.WORKSPACE_TEXT_DOCUMENT_CONTENT, Lane.READ),
    Route("thatch/expansion", Lane.READ),
    Route("thatch/tests", Lane.READ),
    Route(STATUS, Lane.READ),
)

COMMANDS: tuple[Route, ...] = (
    Route("thatch.restart", Lane.WAIT),
    Route(SHOW_EXPANSION, Lane.WAIT),
    Route(RUN_AGAIN, Lane.WAIT),
    Route(TAKE_FIX, Lane.WAIT),
    Route(EVALUATE, Lane.WAIT),
)
"""What `workspace/executeCommand` can do; `method` is the command's name."""


def register(server: "ThatchServer") -> None:
    """Give pygls all handlers."""
    for route in ROUTES:
        server.feature(route.method, route.options)(_bind(route, server))
    for command in COMMANDS:
        server.command(command.method)(_bind(command, server))


def _bind(route: Route, server: "ThatchServer") -> Callable[..., Any]:
    """The handler as pygls calls it.  A plain function runs at once; a coroutine becomes a task."""

    def sync(params: Any = None) -> Any:
        with _reporting(route):
            return route.handler(server.session, params)

    async def read(params: Any = None) -> Any:
        with _reporting(route):
            return await _reader(route)(server.session.view(), params)

    async def wait(params: Any = None) -> Any:
        with _reporting(route):
            return await route.handler(server.session, params)

    async def command(*arguments: Any) -> Any:
        return await wait(arguments)

    if route in COMMANDS:
        return command
    return {Lane.SYNC: sync, Lane.READ: read, Lane.WAIT: wait}[route.lane]


def _reader(route: Route) -> Callable[[View, Any], Awaitable[Any]]:
    return route.handler


@contextmanager
def _reporting(route: Route) -> Iterator[None]:
    """Turn a failure into a short answer; pygls logs it, and the server lives on."""
    try:
        yield
    except JsonRpcException:
        raise
    except ThatchError as error:
        log.info("%s: %s", route.method, error)
        raise JsonRpcException(str(error), types.LSPErrorCodes.RequestFailed) from error
    except Exception as error:
        raise JsonRpcInternalError(f"{route.method} failed: {type(error).__name__}: {error}") from error
