"""The errors that thatch raises; broken user code is never one of them, it is a `Diagnostic`."""

from pathlib import Path

from attrs import define


@define(kw_only=True)
class ThatchError(Exception):
    """An expected failure: what happened, and what the user can do about it."""

    message: str
    """What went wrong: one sentence for the user."""

    remedy: str = ""
    """What the user can do: one sentence, empty when the message says it all."""

    detail: str = ""
    """The failing tool's own words, shown below the message."""

    def __str__(self) -> str:
        return "\n".join(part for part in (self.message, self.remedy, self.detail.rstrip()) if part)


@define(kw_only=True)
class ToolchainError(ThatchError):
    """No usable GHC: missing, too old, or not answering."""


@define(kw_only=True)
class CradleError(ThatchError):
    """The project's build description could not be turned into units."""

    path: Path | None = None
    """The file at fault (`hie.yaml`, a `.cabal` file, `cabal.project`), if one is known."""

    line: int = 1
    """The 1-based line in `path`."""


@define(kw_only=True)
class SessionError(ThatchError):
    """A GHC session could not be started or died; its last words are the detail."""

    by_itself: bool = False
    """Whether GHC exited with a code of its own, rather than by a signal, before it ever came to its prompt."""

    interrupted: bool = False
    """Whether it died of an interrupt, as GHC does when one comes in the middle of a splice."""


def unexpected(error: Exception) -> ThatchError:
    """What to tell the user of an error that nobody foresaw."""
    return ThatchError(
        message=f"thatch failed in a way it should not: {type(error).__name__}: {error}",
        remedy="Restart it; please report this with the log (--log-file, --debug).",
    )
