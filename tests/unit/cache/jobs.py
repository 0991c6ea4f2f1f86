"""Made-up projects of one unit as jobs, and interfaces as GHC would have written them."""

from collections.abc import Mapping
from pathlib import Path

from tests.support.ghc_encode import Front, _Writer
from thatch.core.artifacts import Job
from thatch.core.ghc.toolchain import MessageStyle, Toolchain
from thatch.core.hi.model import Below, Dependencies, HscSource, ModuleId, Usage
from thatch.core.hi.versions import LAYOUTS
from thatch.core.project.model import Module, Project, Unit

FLAGS = ("-Wall", "-hide-all-packages")
UNIT = "lib-1.0"

TOOLCHAIN = Toolchain(
    ghc=Path("/opt/ghc"),
    version=(9, 6, 6),
    libdir=Path("/opt/lib"),
    id="some GHC",
    message_style=MessageStyle.DUMP_JSON,
    dynamic=True,
    interpreters={},
)


def make_job(
    root: Path,
    texts: Mapping[str, str],
    *,
    flags: tuple[str, ...] = FLAGS,
    toolchain: Toolchain = TOOLCHAIN,
    unsaved: Mapping[str, str] | None = None,
) -> Job:
    """A project of the modules in `texts` (by file name; `A.hs-boot` goes with its module), written to `root`."""
    root.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (root / name).write_text(text)
    modules = tuple(Module(Path(name).stem, root / name) for name in texts if name.endswith(".hs"))
    unit = Unit(id=UNIT, component="lib", directory=root, flags=flags, source_dirs=(root,), modules=modules)
    project = Project(root=root, cradle="bare", units=(unit,), ghc=toolchain.ghc, watched=())
    buffers = {root / name: text for name, text in (unsaved or {}).items()}
    return Job(project=project, toolchain=toolchain, flags={UNIT: flags}, unsaved=buffers)


def make_interface(module: str, abi: str, *usages: Usage, interface: str = "", boot: bool = False) -> bytes:
    """The interface of a module with these hashes (32 hex digits), which are of nothing."""
    none = "0" * 32
    return _WithWarnings(LAYOUTS["9.6"]).file(
        Front(
            way="dyn",
            module=ModuleId(UNIT, module),
            signature_of=None,
            kind=HscSource.BOOT if boot else HscSource.SOURCE,
            hashes=(none, interface or abi, abi, none, none, none, none, none),
            flags=(False, False, False),
            dependencies=Dependencies((), (), (), (), (), ()),
            below=Below((), ()),
            usages=usages,
            exports=(),
            fixities=(),
        )
    )


class _WithWarnings(_Writer):
    """Writes the part behind the front as well that tells of deprecations, of which there are none."""

    def body(self, front: Front) -> None:
        super().body(front)
        self.lazy(b"\0")
