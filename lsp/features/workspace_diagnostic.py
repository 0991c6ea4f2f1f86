"""`workspace/diagnostic`: the editor pulls all diagnostics, in pieces if it likes, and may wait for the next change."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from lsprotocol import types

from thatch.lsp import convert
from thatch.lsp.publish import Report
from thatch.lsp.session import Session

PIECE = 50
"""How many files are converted in one turn of the loop, and sent in one partial result."""

Item = types.WorkspaceFullDocumentDiagnosticReport | types.WorkspaceUnchangedDocumentDiagnosticReport


async def handle(session: Session, params: types.WorkspaceDiagnosticParams) -> types.WorkspaceDiagnosticReport:
    """Wait for GHC, then report on every file.  May be cancelled at any time.

    A client that takes partial results is told of changes only, and the request stays open until there are some.
    """
    previous = {path: one.value for one in params.previous_result_ids if (path := convert.path(one.uri))}
    token = params.partial_result_token
    items: list[Item] = []
    while not items:
        await session.settle()
        change = asyncio.ensure_future(session.publisher.change())
        try:
            async for piece in _pieces(session, previous, changed_only=token is not None):
                items += piece
                if token is not None:
                    _send_piece(session, token, piece)
            if token is None:
                return types.WorkspaceDiagnosticReport(items)
            if not items:
                await change
        finally:
            change.cancel()
    return types.WorkspaceDiagnosticReport([])


async def _pieces(session: Session, previous: dict[Path, str], *, changed_only: bool) -> AsyncIterator[list[Item]]:
    piece: list[Item] = []
    for report in session.publisher.pull_workspace(session.snapshot(), previous):
        if report.items is not None or not changed_only:
            piece.append(_item(report))
        if len(piece) == PIECE:
            yield piece
            piece = []
            await asyncio.sleep(0)
    if piece:
        yield piece


def _item(report: Report) -> Item:
    if report.items is None:
        return types.WorkspaceUnchangedDocumentDiagnosticReport(report.uri, report.result_id, report.version)
    return types.WorkspaceFullDocumentDiagnosticReport(
        uri=report.uri, items=report.items, version=report.version, result_id=report.result_id
    )


def _send_piece(session: Session, token: types.ProgressToken, piece: Sequence[Item]) -> None:
    value = types.WorkspaceDiagnosticReportPartialResult(items=piece)
    session.notify(types.PROGRESS, types.ProgressParams(token=token, value=value))
