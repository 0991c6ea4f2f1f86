"""`thatch/doctor`: whether all that the project needs is there, with a remedy for each thing that is not."""

from pathlib import Path
from typing import Any

from thatch.cache.health import with_cache
from thatch.cache.modules import ModuleCache
from thatch.core.errors import ThatchError
from thatch.core.examination import examine, examine_editors, examine_thatch
from thatch.core.health import Finding, Verdict, health_fields, health_text
from thatch.lsp import convert
from thatch.lsp.session import Session


async def handle(session: Session, params: Any) -> dict[str, Any]:
    """What `thatch doctor` finds, as text and as data.  Cancelling ends all child processes.

    It is about the project of a `textDocument`, or of the first folder; with `commands` the text has what is run.
    """
    path = _path(session, params)

    async def found(cache: ModuleCache | None) -> list[Finding]:
        if not session.trusted:
            return [_UNTRUSTED]
        return await examine(path, session.settings, cache) if path else []

    findings = [examine_thatch(session.settings_file), *await with_cache(session.settings, found), examine_editors()]
    commands = getattr(params, "commands", False) is True
    return {**health_fields(findings), "text": health_text(findings, commands=commands)}


def _path(session: Session, params: Any) -> Path | None:
    document = getattr(params, "textDocument", None)
    if document is None:
        return next(iter(session.folders), None)
    try:
        return convert.path(document.uri)
    except (AttributeError, TypeError) as error:
        raise ThatchError(message="thatch/doctor takes {textDocument?: {uri}, commands?: boolean}.") from error


_UNTRUSTED = Finding(
    topic="project",
    verdict=Verdict.NOTE,
    text="not trusted, so that nothing of it was looked at: build tools run code of the project",
    remedy="Trust the workspace in the editor.",
)
