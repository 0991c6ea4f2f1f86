"""What a project lane asks of a cache of compiled modules; `cache` implements it, and core knows no more of it."""

from collections.abc import Collection, Mapping, Sequence
from enum import Enum
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

from attrs import frozen

from thatch.core.diagnostics import Diagnostic
from thatch.core.ghc.output import Notice
from thatch.core.ghc.results import ModuleKey
from thatch.core.ghc.toolchain import Toolchain
from thatch.core.project.graph import ModuleGraph
from thatch.core.project.model import Project
from thatch.core.project.portable_answers import AnswerStore
from thatch.core.splices.runs import FileSplices, SpliceRun


def content_hash(content: bytes) -> str:
    """The hash by which a cache names a content: equal ones mean equal bytes, on every machine."""
    return blake2b(content, digest_size=32).hexdigest()


@frozen(kw_only=True)
class Job:
    """What is to be compiled: everything that decides what GHC will say, as far as it is known before GHC runs."""

    project: Project
    toolchain: Toolchain

    flags: Mapping[str, tuple[str, ...]]
    """The flags of each unit by its id, as the session will get them, without folders and targets."""

    unsaved: Mapping[Path, str]
    """The texts of buffers that differ from their files."""

    replays: bool = False
    """Whether `Planned.earlier` is wanted."""


class Standing(Enum):
    """What the cache knows of a module."""

    HIT = "hit"
    """An entry holds for certain."""

    LIKELY = "likely"
    """An entry holds if modules that must be compiled come out as they were; GHC will tell."""

    MISS = "miss"
    """GHC must compile it."""


@frozen
class Planned:
    """A module, and what the cache knows of it."""

    key: ModuleKey
    name: str
    boot: bool
    standing: Standing

    diagnostics: tuple[Diagnostic, ...] = ()
    """What GHC said when it compiled the entry, with this checkout's paths; as it said it, not as flags judge it."""

    reason: str = ""
    """Why it is no hit, for the user."""

    preprocessor_spoke: bool = False
    """As in `Compiled`."""

    artifacts: Mapping[str, str] = {}
    """What the cache has of a hit or a likely hit: `hi`, `hie` and so on, each with its `content_hash`.

    Equal hashes mean equal bytes, on every machine, so what is derived from an artifact can be stamped with its hash.
    """

    files: Mapping[Path, str] = {}
    """The files besides sources that the entry was made from, each with its hash (`thatch.core.inputs.file_hash`)."""

    splices: tuple[SpliceRun, ...] = ()
    """The splices that ran when the entry was made, with this checkout's paths."""

    milliseconds: int = 0
    """How long GHC took when the entry was made; 0 when that is not known."""

    earlier: FileSplices | None = None
    """Of a module that must be compiled for nothing but another text of its own: the text and splices of before."""


@frozen
class Plan:
    """What is up to date, module by module, imports first."""

    modules: tuple[Planned, ...]

    notices: tuple[Notice, ...] | None = None
    """What GHC said of this set of modules as a whole; None when it has never loaded it."""

    graph: ModuleGraph | None = None
    """The modules and the imports between them."""

    @property
    def known(self) -> frozenset[ModuleKey]:
        """The modules that need not be compiled, as far as can be told."""
        return frozenset(module.key for module in self.modules if module.standing is not Standing.MISS)

    @property
    def complete(self) -> bool:
        """Whether GHC has nothing to do."""
        return self.notices is not None and all(
            # What preprocessors say is kept nowhere; GHC has them say it again at every load.
            module.standing is Standing.HIT and not module.preprocessor_spoke
            for module in self.modules
        )


@frozen
class Compiled:
    """A module that GHC has compiled, and what it said about it."""

    key: ModuleKey
    interface: Path
    """The interface file; the `.hie` file lies beside it."""
    source: str
    """The fingerprint of the text that GHC saw (`thatch.core.ghc.results.Stamp.source`)."""
    diagnostics: tuple[Diagnostic, ...]
    milliseconds: int = 0
    """How long GHC took; 0 when that is not known, as where modules are compiled side by side."""
    splices: tuple[SpliceRun, ...] = ()
    """The splices that ran."""

    preprocessor_spoke: bool = False
    """Whether it may be about this module what was said in that load before the first module."""

    files: Mapping[Path, str] = {}
    """The files besides its source, with the hashes that they had when the session began, as far as known."""


@frozen
class Recompiled:
    """A module that GHC compiled though it had been restored as a hit: the cache was wrong about it."""

    unit: str
    module: str
    reason: str
    """GHC's, in its words; empty when it gave none."""


@frozen
class Tally:
    """What is counted of one load."""

    n_hits: int = 0
    n_likely: int = 0
    n_misses: int = 0
    recompiled: tuple[Recompiled, ...] = ()


class ArtifactStore(AnswerStore, Protocol):
    """A cache of compiled modules, and of what build tools said.

    Every method blocks, and none raises because the cache is damaged or full.
    """

    def plan(self, job: Job) -> Plan:
        """What of a job is up to date, from sources alone."""

    def interface(self, module: Planned) -> bytes | None:
        """The interface of a hit or a likely hit; None if it is not there (any more)."""

    def hie(self, module: Planned) -> bytes | None:
        """The `.hie` file of a hit or a likely hit; None if it is not there (any more)."""

    def restore(self, plan: Plan, interfaces: Path) -> Collection[ModuleKey]:
        """Put the interfaces of hits and likely hits where a session looks for them; returns those restored.

        `interfaces` holds a folder for each unit.  Raises OSError when it cannot be written.
        """

    def keep(
        self,
        job: Job,
        compiled: Sequence[Compiled],
        notices: Sequence[Notice] | None,
        accepted: Sequence[Compiled] = (),
    ) -> Mapping[ModuleKey, Mapping[Path, str]]:
        """Take in what GHC has compiled, and what it said about all modules together; best effort.

        `notices` is None when a load did not come to its end.  `accepted` are the modules that GHC took from their
        interfaces, which may have been made when something that they import was not what it is now.  Returns the files
        that each module was made from, as `Planned.files`; a module that could not be kept may be missing.
        """

    def record(self, tally: Tally) -> None:
        """Count what became of a load; best effort."""
