"""`textDocument/diagnostic`: the editor pulls one document's diagnostics."""

from lsprotocol import types

from thatch.lsp import convert
from thatch.lsp.session import Session


async def handle(
    session: Session, params: types.DocumentDiagnosticParams
) -> types.RelatedFullDocumentDiagnosticReport | types.RelatedUnchangedDocumentDiagnosticReport:
    """Wait for GHC, then report what is known, or that nothing changed.  May be cancelled at any time."""
    path = convert.path(params.text_document.uri)
    if path is None:
        return types.RelatedFullDocumentDiagnosticReport(items=[])
    await session.settle()
    report = session.publisher.pull(session.snapshot(), path, params.previous_result_id)
    if report.items is None:
        return types.RelatedUnchangedDocumentDiagnosticReport(result_id=report.result_id)
    return types.RelatedFullDocumentDiagnosticReport(items=report.items, result_id=report.result_id)
