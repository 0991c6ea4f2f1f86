"""The closed table of what is answered: method, lane, handler; the only place that registers handlers with pygls.

`initialize`, `exit` and `$/setTrace` are missing here: they make, end and log the session that handlers work with, and
are `protocol.py`'s.
"""

import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Any

from attrs import frozen
from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInternalError

from thatch.core.errors import ThatchError
from thatch.lsp.features import (
    call_hierarchy_incoming_calls,
    call_hierarchy_outgoing_calls,
    code_action_resolve,
    initialized,
    inlay_hint_resolve,
    shutdown,
    text_document_code_action,
    text_document_code_lens,
    text_document_declaration,
    text_document_definition,
    text_document_diagnostic,
    text_document_did_change,
    text_document_did_close,
    text_document_did_open,
    text_document_did_save,
    text_document_document_highlight,
    text_document_document_symbol,
    text_document_folding_range,
    text_document_hover,
    text_document_implementation,
    text_document_inlay_hint,
    text_document_prepare_call_hierarchy,
    text_document_prepare_type_hierarchy,
    text_document_references,
    text_document_selection_range,
    text_document_semantic_tokens_full,
    text_document_semantic_tokens_full_delta,
    text_document_semantic_tokens_range,
    text_document_type_definition,
    thatch_did_grant_trust,
    thatch_expansion,
    thatch_restart,
    thatch_run_splice_again,
    thatch_show_expansion,
    thatch_status,
    type_hierarchy_subtypes,
    type_hierarchy_supertypes,
    workspace_diagnostic,
    workspace_did_change_configuration,
    workspace_did_change_watched_files,
    workspace_did_change_workspace_folders,
    workspace_symbol,
    workspace_text_document_content,
)
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
    handler: Callable[..., Any]
    options: Any = None
    """What the server's capabilities say about it, where there is something to say."""


ROUTES: tuple[Route, ...] = (
    # The session's life.
    Route(types.INITIALIZED, Lane.SYNC, initialized.handle),
    Route(types.SHUTDOWN, Lane.WAIT, shutdown.handle),
    # What the editor tells: in order, at once.
    Route(types.TEXT_DOCUMENT_DID_OPEN, Lane.SYNC, text_document_did_open.handle),
    Route(types.TEXT_DOCUMENT_DID_CHANGE, Lane.SYNC, text_document_did_change.handle),
    Route(types.TEXT_DOCUMENT_DID_SAVE, Lane.SYNC, text_document_did_save.handle),
    Route(types.TEXT_DOCUMENT_DID_CLOSE, Lane.SYNC, text_document_did_close.handle),
    Route(types.WORKSPACE_DID_CHANGE_CONFIGURATION, Lane.SYNC, workspace_did_change_configuration.handle),
    Route(types.WORKSPACE_DID_CHANGE_WATCHED_FILES, Lane.SYNC, workspace_did_change_watched_files.handle),
    Route(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, Lane.SYNC, workspace_did_change_workspace_folders.handle),
    Route("thatch/didGrantTrust", Lane.SYNC, thatch_did_grant_trust.handle),
    # What the editor asks, once GHC has judged what it told before.
    Route(
        types.TEXT_DOCUMENT_DIAGNOSTIC,
        Lane.WAIT,
        text_document_diagnostic.handle,
        types.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=True, identifier="thatch"),
    ),
    Route(types.WORKSPACE_DIAGNOSTIC, Lane.WAIT, workspace_diagnostic.handle),
    # What the editor asks, as things stand.
    Route(types.TEXT_DOCUMENT_HOVER, Lane.READ, text_document_hover.handle),
    Route(types.TEXT_DOCUMENT_DEFINITION, Lane.READ, text_document_definition.handle),
    Route(types.TEXT_DOCUMENT_DECLARATION, Lane.READ, text_document_declaration.handle),
    Route(types.TEXT_DOCUMENT_IMPLEMENTATION, Lane.READ, text_document_implementation.handle),
    Route(types.TEXT_DOCUMENT_TYPE_DEFINITION, Lane.READ, text_document_type_definition.handle),
    Route(types.TEXT_DOCUMENT_REFERENCES, Lane.READ, text_document_references.handle),
    Route(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, Lane.READ, text_document_document_highlight.handle),
    Route(types.TEXT_DOCUMENT_INLAY_HINT, Lane.READ, text_document_inlay_hint.handle),
    Route(types.INLAY_HINT_RESOLVE, Lane.READ, inlay_hint_resolve.handle),
    Route(types.TEXT_DOCUMENT_CODE_LENS, Lane.READ, text_document_code_lens.handle),
    Route(
        types.TEXT_DOCUMENT_CODE_ACTION,
        Lane.READ,
        text_document_code_action.handle,
        types.CodeActionOptions(
            code_action_kinds=[types.CodeActionKind.QuickFix, types.CodeActionKind.RefactorInline],
            resolve_provider=True,
        ),
    ),
    Route(types.CODE_ACTION_RESOLVE, Lane.READ, code_action_resolve.handle),
    Route(types.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY, Lane.READ, text_document_prepare_call_hierarchy.handle),
    Route(types.CALL_HIERARCHY_INCOMING_CALLS, Lane.READ, call_hierarchy_incoming_calls.handle),
    Route(types.CALL_HIERARCHY_OUTGOING_CALLS, Lane.READ, call_hierarchy_outgoing_calls.handle),
    Route(types.TEXT_DOCUMENT_PREPARE_TYPE_HIERARCHY, Lane.READ, text_document_prepare_type_hierarchy.handle),
    Route(types.TYPE_HIERARCHY_SUPERTYPES, Lane.READ, type_hierarchy_supertypes.handle),
    Route(types.TYPE_HIERARCHY_SUBTYPES, Lane.READ, type_hierarchy_subtypes.handle),
    Route(types.WORKSPACE_SYMBOL, Lane.READ, workspace_symbol.handle),
    # What the editor asks of the text alone: threads do the work.
    Route(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, Lane.READ, text_document_document_symbol.handle),
    Route(types.TEXT_DOCUMENT_FOLDING_RANGE, Lane.READ, text_document_folding_range.handle),
    Route(types.TEXT_DOCUMENT_SELECTION_RANGE, Lane.READ, text_document_selection_range.handle),
    # The protocol puts the client's own legend in the place of this one.
    Route(
        types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL,
        Lane.READ,
        text_document_semantic_tokens_full.handle,
        types.SemanticTokensLegend([], []),
    ),
    Route(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL_DELTA, Lane.READ, text_document_semantic_tokens_full_delta.handle),
    Route(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, Lane.READ, text_document_semantic_tokens_range.handle),
    Route(types.WORKSPACE_TEXT_DOCUMENT_CONTENT, Lane.READ, workspace_text_document_content.handle),
    Route("thatch/expansion", Lane.READ, thatch_expansion.handle),
    Route(STATUS, Lane.READ, thatch_status.handle),
)

COMMANDS: tuple[Route, ...] = (
    Route("thatch.restart", Lane.WAIT, thatch_restart.handle),
    Route(SHOW_EXPANSION, Lane.WAIT, thatch_show_expansion.handle),
    Route(RUN_AGAIN, Lane.WAIT, thatch_run_splice_again.handle),
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
        raise JsonRpcException(str(error), types.LSPErrorCodes.RequestFailed) from error
    except Exception as error:
        raise JsonRpcInternalError(f"{route.method} failed: {type(error).__name__}: {error}") from error
