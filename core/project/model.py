"""The project model: workspaces, units and modules, as a cradle describes them."""

from enum import Enum
from pathlib import Path

from attrs import frozen

from thatch.core.diagnostics import Diagnostic


class Role(Enum):
    """What a module is to its unit."""

    EXPOSED = "exposed"
    OTHER = "other"
    MAIN = "main"


@frozen
class Module:
    """A home module of a unit."""

    name: str
    """The module's name, `Main` for an executable's entry."""

    path: Path
    """Absolute path of the source file (`.hs`, `.lhs`, or a preprocessor's output)."""

    role: Role = Role.OTHER


@frozen(kw_only=True)
class Unit:
    """One component of a package, as GHC compiles it."""

    id: str
    """The unit id given to GHC by `-this-unit-id`; unique in the project, never `main`."""

    component: str
    """The component as a user would name it: `hledger-lib:lib`, `hledger:exe:hledger`, or a folder."""

    directory: Path
    """Absolute folder of the package: what `-working-dir` and relative paths refer to."""

    flags: tuple[str, ...]
    """GHC's flags as the build tool would give them: dynamic and static flags, packages,
    extensions, warnings; without output folders, optimisation, targets, source folders (`-i`), the unit
    id (`-this-unit-id`) and linking.  Paths in them are absolute or relative to `directory`."""

    source_dirs: tuple[Path, ...]
    """Absolute folders that GHC searches for home modules, in order; generated ones included."""

    package_ids: tuple[str, ...] = ()
    """The `-package-id` values, of installed packages and of other units; they are in `flags` too."""

    modules: tuple[Module, ...] = ()
    """Every module the component declares, in the order of the build description."""

    description: Path | None = None
    """The file that describes the component (its `.cabal` file, `hie.yaml`); None for a bare folder."""

    missing: tuple[str, ...] = ()
    """Modules that the component declares and that have no source file."""


@frozen(kw_only=True)
class Project:
    """Everything a cradle knows about a workspace folder."""

    root: Path
    """Absolute folder that the build description stands in."""

    cradle: str
    """The kind of cradle that answered: `cabal`, `stack`, `direct`, `bios`, `multi`, `none`, `bare`."""

    units: tuple[Unit, ...]

    ghc: Path
    """The compiler that the build tool uses, and that sessions must use."""

    watched: tuple[Path, ...] = ()
    """Files and folders whose change means asking the cradle again."""

    diagnostics: tuple[Diagnostic, ...] = ()
    """What the build tool had to say although it answered: a unit left out, a module without a file."""
