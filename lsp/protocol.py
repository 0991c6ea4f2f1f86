"""The life of a connection over pygls: what is answered before `initialize` and after `shutdown`, and bad messages."""

import json
import logging
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from attrs import evolve
from lsprotocol import types
from pygls.capabilities import ServerCapabilitiesBuilder
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcParseError,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import LanguageServerProtocol, lsp_method

from thatch.core.text import Encoding
from thatch.lsp.client import read_client
from thatch.lsp.semantic_tokens import legend
from thatch.lsp.splices import SCHEME

if TYPE_CHECKING:
    from thatch.lsp.server import ThatchServer

log = logging.getLogger(__name__)


class ThatchProtocol(LanguageServerProtocol):
    """pygls's protocol, strict about the order of messages and without a second copy of the documents."""

    _server: "ThatchServer"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._initialized = False

    def receive(self, body: bytes) -> None:
        """Handle one message as it came over the wire; a bad one is logged and, where possible, answered."""
        try:
            data = json.loads(body)
        except (ValueError, RecursionError) as error:
            log.error("Not JSON: %s in %.80r", error, body)  # noqa: TRY400
            self._refuse(None, JsonRpcParseError(str(error)))
            return
        if not isinstance(data, dict) or data.get("jsonrpc") != self.VERSION:
            log.error("Not a JSON-RPC 2.0 message: %.80r", body)
            self._refuse(None, JsonRpcInvalidRequest("A message must be an object with jsonrpc: 2.0."))
            return
        refusal = self._refusal(data.get("method"))
        if refusal is not None:
            if "id" in data:
                self._refuse(data["id"], refusal)
            return
        # Parameters may be left out; for methods that LSP does not define, pygls insists on them.
        if "method" in data and self.get_message_type(data["method"]) is None:
            data.setdefault("params", None)
        try:
            message = self.structure_message(data)
        except JsonRpcException as error:
            self._refuse_malformed(data, error)
            return
        self.handle_message(message)

    def _refusal(self, method: str | None) -> JsonRpcException | None:
        """Why a message may not come now, if so."""
        if method in {None, types.EXIT}:
            return None
        if self._shutdown:
            return JsonRpcInvalidRequest("The server is shutting down.")
        if method == types.INITIALIZE:
            return JsonRpcInvalidRequest("The server is initialized already.") if self._initialized else None
        return None if self._initialized else JsonRpcServerNotInitialized("Send initialize first.")

    def _refuse_malformed(self, data: dict[str, Any], error: JsonRpcException) -> None:
        """Answer a request whose parameters are not what its method takes; who waits for a bad answer is told."""
        method = data.get("method", "an answer")
        message = f"Malformed parameters of {method}: {_innermost(error)}"
        log.error("%s", message)
        if "id" in data and "method" in data:
            self._refuse(data["id"], JsonRpcException(message, error.code))
        elif "id" in data:
            self._handle_response(data["id"], error=types.ResponseError(error.code, message))

    def _refuse(self, request: str | int | None, error: JsonRpcException) -> None:
        """Answer with an error; a message that cannot be read has no id to answer to, for which JSON-RPC has null."""
        said = {"code": error.code, "message": error.message}
        self._send_data({"jsonrpc": self.VERSION, "id": request, "error": said})

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Generator[Any, Any, types.InitializeResult]:
        """Make the session, then answer what the server can do for this client."""
        encoding = Encoding(ServerCapabilitiesBuilder.choose_position_encoding(params.capabilities))
        client = read_client(params, encoding)
        self._server.open_session(client, params.initialization_options)
        self._server.trace(params.trace or types.TraceValue.Off)
        result = yield from super().lsp_initialize(params)
        self._initialized = True
        if not client.pulls:
            result.capabilities.diagnostic_provider = None
        elif (offered := result.capabilities.diagnostic_provider) is not None:
            whole = evolve(offered, workspace_diagnostics=client.pulls_workspace)
            result.capabilities.diagnostic_provider = whole
        if not client.shows.token_types:
            result.capabilities.semantic_tokens_provider = None
        elif result.capabilities.semantic_tokens_provider is not None:
            result.capabilities.semantic_tokens_provider.legend = legend(client.shows)
        if client.shows.content and result.capabilities.workspace is not None:
            result.capabilities.workspace.text_document_content = types.TextDocumentContentOptions([SCHEME])
        return result

    @lsp_method(types.EXIT)
    def lsp_exit(self, *_: Any) -> None:  # type: ignore[override]
        """End the server; after a proper shutdown, with success."""
        self._server.stop(0 if self._shutdown else 1)

    @lsp_method(types.SET_TRACE)
    def lsp_set_trace(self, params: types.SetTraceParams) -> None:  # type: ignore[override]
        """Log to the client more or less."""
        self._server.trace(params.value)

    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    async def lsp_workspace__execute_command(self, params: types.ExecuteCommandParams) -> Any:  # type: ignore[override]
        """Do what a command says.  Cancelling ends it: pygls (2.0) would answer that it did, and let it go on."""
        handler = self.fm.commands.get(params.command)
        if handler is None:
            raise JsonRpcInvalidParams.of(ValueError(f"Command name {params.command!r} is not defined"))
        return await handler(*(params.arguments or ()))

    # pygls would keep a copy of each document here, with lines that are not GHC's; ours are in `Documents`.

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """Hand over to our own handler only."""
        self.fm.features[types.TEXT_DOCUMENT_DID_OPEN](params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Hand over to our own handler only."""
        self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE](params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """Hand over to our own handler only."""
        self.fm.features[types.TEXT_DOCUMENT_DID_CLOSE](params)

    @lsp_method(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    def lsp_work_done_progress_cancel(self, params: types.WorkDoneProgressCancelParams) -> None:
        """Nothing: our progress says that it cannot be cancelled, and some editors send this regardless."""


def _innermost(error: BaseException) -> str:
    """What exactly is wrong, out of cattrs's nested groups."""
    cause = error.__cause__ or error
    while isinstance(cause, BaseExceptionGroup):
        cause = cause.exceptions[0]
    return f"{type(cause).__name__}: {cause}"
