"""From what GHC has compiled to entries with their blobs; what is done with these is the store's business.

Imported only where something is kept: it needs the reader of interfaces, which takes a while to import.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path

from thatch.cache.entry import (
    DIAGNOSTICS,
    FLAGS,
    IDE,
    INTERFACE,
    SPLICES,
    WHOLE,
    Dependency,
    DependencyKind,
    Entry,
    digest_of,
)
from thatch.cache.files import files_among, ide_path, text_of
from thatch.cache.key import encode_flags
from thatch.cache.plan import HEARD, IMPORTS, QUIET, ROOT, SPOKE, UNHEARD, WARNED, heard_text, imports_text, name_of
from thatch.cache.recorded import read_recorded
from thatch.cache.said import encode_diagnostics
from thatch.cache.splice_records import encode_splices
from thatch.cache.store import Given
from thatch.cache.survey import Survey
from thatch.cache.unheard import speaks, unheard
from thatch.core.artifacts import Compiled, Job
from thatch.core.binary.cursor import DecodeError
from thatch.core.diagnostics import Diagnostic
from thatch.core.ghc.output import Notice
from thatch.core.project.resolve import ModuleId

DEPRECATIONS = frozenset({"-Wdeprecations", "-Wwarnings-deprecations", "-Wextended-warnings"})
"""The flags of warnings about what another module has deprecated; there are `-Wx-...` besides."""


class Keeping:
    """Makes entries of the modules of one job; what it reads of sources besides a module's own, it reads once."""

    def __init__(self, job: Job, found: Survey) -> None:
        """`found` is the survey of the job."""
        self._job = job
        self._found = found
        self._root = job.project.root
        self._unheard = cache(lambda path: unheard(text_of(path)))

    def module(self, module: ModuleId, compiled: Compiled) -> Given | None:
        """The entry of a module that GHC has compiled; None if it cannot be kept.  Blocking."""
        found, inputs = self._found, self._found.inputs[module]
        try:
            interface = compiled.interface.read_bytes()
            ide = ide_path(compiled.interface).read_bytes()
            recorded = read_recorded(interface)
            dependencies = (*recorded.dependencies, *self._own_boot(module, compiled.interface))
        except (OSError, DecodeError):
            return None
        text = text_of(compiled.key.path)
        # The file may have changed since GHC read it; then this is not what its key would stand for.
        if compiled.source != inputs.source or blake2b(text, digest_size=16).hexdigest() != inputs.source:
            return None
        preprocessed = found.preprocesses(self._job, module)
        if preprocessed and _differ(compiled.files, dependencies, self._root):
            # GHC has preprocessed it before a file changed that it includes.
            return None
        blobs = {
            INTERFACE: interface,
            IDE: ide,
            DIAGNOSTICS: encode_diagnostics(compiled.diagnostics, self._root),
            FLAGS: encode_flags(self._job.flags[module.unit]),
        }
        if compiled.splices:
            blobs[SPLICES] = encode_splices(compiled.splices, self._root)
        heard = {name: self._unheard(path) for name, path in found.paths(dependencies).items()}
        readable = {
            **inputs.readable(),
            IMPORTS: imports_text(found.graph.imports(module)),
            ROOT: str(self._root),
            **_beside_the_hashes(compiled, text, warns=recorded.warns),
            **({SPOKE: "yes"} if compiled.preprocessor_spoke and preprocessed else {}),
            UNHEARD: unheard(text),
            HEARD: heard_text(heard),
        }
        artifacts = {name: digest_of(blob) for name, blob in blobs.items()}
        entry = Entry(
            key=found.keys[module],
            unit=module.unit,
            module=module.name,
            boot=module.boot,
            dependencies=dependencies,
            abi=recorded.abi,
            interface=recorded.interface,
            artifacts=artifacts,
            inputs=readable,
            compile_ms=compiled.milliseconds,
        )
        return entry, {artifacts[name]: blob for name, blob in blobs.items()}

    def notices(self, notices: Sequence[Notice]) -> Given:
        """The entry of what GHC said about all modules together."""
        as_diagnostics = [
            Diagnostic(
                path=self._root,
                span=None,
                severity=notice.severity,
                message=notice.text,
                code=notice.code,
                flag=notice.flag,
            )
            for notice in notices
        ]
        said = encode_diagnostics(as_diagnostics, self._root)
        entry = Entry(
            key=self._found.whole,
            unit=WHOLE,
            module=WHOLE,
            boot=False,
            dependencies=(),
            abi="0" * 32,
            interface="0" * 32,
            artifacts={DIAGNOSTICS: digest_of(said)},
            inputs={},
            compile_ms=0,
        )
        return entry, {digest_of(said): said}

    def _own_boot(self, module: ModuleId, interface: Path) -> Iterator[Dependency]:
        """The boot file beside a module, which GHC compares with it and yet does not count among its usages."""
        boot = ModuleId(module.unit, module.name, boot=True)
        if module != boot and boot in self._found.graph.nodes:
            recorded = read_recorded(interface.with_suffix(".hi-boot").read_bytes())
            yield Dependency(DependencyKind.INTERFACE, name_of(boot), recorded.interface)


def _beside_the_hashes(compiled: Compiled, text: bytes, *, warns: bool) -> dict[str, str]:
    """The readable inputs that say of what GHC will take notice."""
    readable = {}
    if any(_tells_of_deprecations(diagnostic.flag) for diagnostic in compiled.diagnostics):
        readable[WARNED] = "yes"
    if not warns and not speaks(text):
        readable[QUIET] = "yes"
    return readable


@cache
def _tells_of_deprecations(flag: str) -> bool:
    return flag in DEPRECATIONS or flag.startswith("-Wx-")


def _differ(files: Mapping[Path, str], dependencies: Sequence[Dependency], root: Path) -> bool:
    """Whether a module was made from files that are not as they are known."""
    return any(files.get(path, value) != value for path, value in files_among(dependencies, root).items())
