"""The settings of a workspace, as plain data with their defaults; `docs/settings.md` is made from them."""

from pathlib import Path

from attrs import field, frozen
from platformdirs import user_cache_path

from thatch.core.errors import ThatchError
from thatch.core.sandbox.mode import SandboxMode


def default_cache_dir() -> Path:
    """The folder for what may be lost at any time: `THATCH_CACHE_DIR`, else the platform's cache folder."""
    import os

    chosen = os.environ.get("THATCH_CACHE_DIR")
    return Path(chosen) if chosen else user_cache_path("thatch")


def default_cache_remote() -> str:
    """No remote store, unless `THATCH_CACHE_REMOTE` names one."""
    import os

    return os.environ.get("THATCH_CACHE_REMOTE", "")


def default_cache_limit() -> str:
    """`5GB`, unless `THATCH_CACHE_LIMIT` is another size."""
    import os

    return os.environ.get("THATCH_CACHE_LIMIT") or "5GB"


def default_sandbox() -> SandboxMode:
    """`auto`, unless `THATCH_SANDBOX` is one of the other values."""
    import os

    chosen = os.environ.get("THATCH_SANDBOX") or SandboxMode.AUTO.value
    try:
        return SandboxMode(chosen)
    except ValueError:
        raise ThatchError(
            message=f"The environment variable THATCH_SANDBOX is {chosen!r}, which means nothing.",
            remedy=f"Unset it, or choose one of {', '.join(mode.value for mode in SandboxMode)}.",
        ) from None


@frozen(kw_only=True)
class Settings:
    """What a user may set.

    Every attribute is a key of the editor's `thatch` section: its name in camelCase, or the `key` of its metadata,
    where a dot leads into an object.
    """

    ghc: str = ""
    """The GHC to use, as a path or a name on PATH; empty: the one the build tool uses."""

    cabal: str = "cabal"
    """The cabal-install to ask for the project's units, as a path or a name on PATH."""

    stack: str = "stack"
    """The stack to ask for the project's units, as a path or a name on PATH."""

    ghc_options: tuple[str, ...] = ()
    """Flags for GHC after the project's own, for every unit."""

    jobs: int = 0
    """Modules compiled at the same time; 0: as many as the machine has cores."""

    cradle_timeout: float = 300.0
    """Seconds that the build tool may take to describe the project."""

    cache_dir: Path = field(factory=default_cache_dir)
    """The folder for compiled modules, answers of build tools and, in one of its own for each server, GHC's files."""

    cache_remote: str = field(factory=default_cache_remote)
    """The URL of a store of compiled modules that machines share (`docs/cache-sharing.md`); an editor only reads it."""

    cache_limit: str = field(factory=default_cache_limit)
    """The size that the compiled modules of the cache are kept below, such as `800MB`; what was unused longest goes."""

    splices_seconds: float = field(default=30.0, metadata={"key": "splices.seconds"})
    """Seconds that one Template Haskell splice, or one example in a comment, may run before it is stopped."""

    splices_memory_mb: int = field(default=2048, metadata={"key": "splices.memoryMb"})
    """Megabytes that a splice, or an example in a comment, may have its interpreter use; 0: as many as there are."""

    splices_replay: bool = field(default=True, metadata={"key": "splices.replay"})
    """Whether splices are replayed while their modules are edited, instead of being run again (`docs/editing.md`)."""

    splices_replay_saved: bool = field(default=False, metadata={"key": "splices.replaySaved"})
    """Whether splices are also replayed when saved modules are compiled that surely do the same (`docs/editing.md`)."""

    sessions_idle_minutes: float = field(default=5.0, metadata={"key": "sessions.idleMinutes"})
    """Minutes after which the GHC of a whole project is ended when nothing was saved; 0: never."""

    sessions_memory_mb: int = field(default=4096, metadata={"key": "sessions.memoryMb"})
    """Megabytes that the GHCs of a project may hold together before they are started anew; 0: as many as there are."""

    sandbox: SandboxMode = field(factory=default_sandbox)
    """Whether GHC and splices run in a sandbox (`docs/security.md`): where there can be one, always, or never."""

    # What is shown only: a session that runs need not be another because of it, hence `eq=False`.

    source_dirs: tuple[str, ...] = field(default=(), eq=False)
    """Folders to look in for the sources of installed packages, unpacked or as archives, before cabal's downloads."""

    formatter: str = field(default="", eq=False)
    """The formatter: `fourmolu`, `ormolu` or `stylish-haskell`, or a path of one; `off`: no formatting.

    Empty: the one whose configuration the project has, else the first of these on PATH.
    """

    cabal_formatter: str = field(default="", eq=False)
    """The formatter of `.cabal` files: `cabal-fmt` or `cabal-gild`, or a path of one; `off`: no formatting.

    Empty: the first of these on PATH.
    """

    hlint: str = field(default="", eq=False)
    """The hlint that looks at open modules, as a name on PATH or a path; `off`: none.

    Empty: the one on PATH, for files that have a `.hlint.yaml` in their folder or in one above.
    """

    inlay_splices: bool = field(default=True, eq=False, metadata={"key": "inlayHints.splices"})
    """Whether a hint behind each splice says what it made."""

    inlay_bindings: bool = field(default=True, eq=False, metadata={"key": "inlayHints.bindings"})
    """Whether a hint behind what is bound without a signature says its type."""

    inlay_wildcards: bool = field(default=True, eq=False, metadata={"key": "inlayHints.wildcards"})
    """Whether a hint behind the `..` of a record names its fields."""

    inlay_imports: bool = field(default=False, eq=False, metadata={"key": "inlayHints.imports"})
    """Whether a hint behind an import without a list names what the module uses of it."""
