"""Our reader of `.hie` files against what GHC itself prints of the same trees (`-ddump-hie`)."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from attrs import frozen

from tests.conftest import REPOSITORY, Ghc, require_ghc
from tests.support.hie_dump import DUMP_FLAGS, difference
from tests.support.waiting import seconds
from thatch.core.ghc.toolchain import probe
from thatch.core.hi.model import KnownName, Name
from thatch.core.hie.file import HieFile
from thatch.core.hie.model import ConstructorApplication, Context, ContextKind
from thatch.core.hie.reader import read_hie
from thatch.core.th.derive import known_names

SOURCES = Path(__file__).parent / "sources"
"""Two modules with much of Haskell's syntax: every way in which a name can occur is in one of them."""

FAR = 9000
"""A column whose number takes more than two bytes."""

DETAILS = {
    ContextKind.IMPORT_OR_EXPORT: {"Import", "ImportAs", "ImportHiding", "Export"},
    ContextKind.VALUE_BINDING: {"RegularBind", "InstanceBind"},
    ContextKind.DECLARATION: {"FamDec", "SynDec", "DataDec", "ConDec", "PatSynDec", "ClassDec", "InstDec"},
    ContextKind.FIELD: {"RecFieldDecl", "RecFieldAssign", "RecFieldMatch", "RecFieldOcc"},
    ContextKind.EVIDENCE_BINDING: {
        "EvPatternBind",
        "EvSigBind",
        "EvWrapperBind",
        "EvImplicitBind",
        "EvInstBind",
        "EvInstBind superclass",
        "EvLetBind",
    },
}
"""What GHC can say of occurrences of a kind; nothing of the other kinds."""


@frozen
class Project:
    """A library that Debian's GHC has all dependencies of."""

    name: str
    flags: tuple[str, ...]

    some: tuple[str, ...]
    """A few modules, which import others."""

    most: tuple[str, ...]
    """Modules that import nearly all others."""


AESON = Project(
    "aeson",
    ("-XHaskell2010", "-isrc", "-isrc-pure", "-iattoparsec-iso8601/src", "-hide-package", "base-compat", "-optP-w"),
    ("Data.Aeson.Types.Internal", "Data.Aeson.Parser.Internal", "Data.Attoparsec.Time"),
    ("Data.Aeson.TH",),
)
HLEDGER = Project(
    "hledger-lib",
    ("-XHaskell2010", "-i.", "-hide-package", "base-compat-batteries"),
    ("Hledger.Data.AccountName",),
    ("Hledger.Data",),
)


def compile_dumping(ghc: Ghc, source: Path, folder: Path, flags: Sequence[str], modules: Sequence[str]) -> None:
    """Have GHC write `.hie` files and dumps of modules, and of all that they import, below a folder."""
    outputs = [f"-{kind}={folder}" for kind in ("hiedir", "hidir", "dumpdir")]
    command = [str(ghc.path), "-v0", "-w", "-fno-code", "-fwrite-ide-info", "-package-env", "-"]
    done = subprocess.run(
        [*command, *outputs, *DUMP_FLAGS, "-ddump-to-file", *flags, *modules],
        cwd=source,
        capture_output=True,
        text=True,
        timeout=seconds(600),
        check=False,
    )
    assert done.returncode == 0, done.stderr


def compared(source: Path, folder: Path, known: Mapping[str, Name]) -> list[HieFile]:
    """What lies below a folder, which must be what GHC says."""
    found = [read_hie(path.read_bytes(), known) for path in sorted(folder.rglob("*.hie"))]
    for hie in found:
        dump = (folder / hie.path).with_suffix(".dump-hie").read_text()
        assert difference(hie, dump) == "", hie.path
        assert hie.source == (source / hie.path).read_bytes()
    return found


async def test_much_syntax(ghc: Ghc, tmp_path: Path) -> None:
    for file in SOURCES.iterdir():
        (tmp_path / file.name).write_text(file.read_text().replace("{- far -}", " " * FAR))
    compile_dumping(ghc, tmp_path, tmp_path, [], ["A", "B"])
    a, b = compared(tmp_path, tmp_path, await known_names(await probe(ghc.path), tmp_path))
    assert (a.path, str(a.module), a.version[: len(ghc.series)]) == ("A.hs", "main:A", ghc.series)
    assert (list(a.trees), list(b.trees), b.tree) == (["A.hs"], ["B.hs", "Elsewhere.hs", "part.h"], b.trees["B.hs"])
    found = {(context.kind, context.detail) for context in contexts(a, b)}
    assert found == {(kind, detail) for kind in ContextKind for detail in DETAILS.get(kind, {""})}
    types = [*a.types, *b.types]
    assert len(types) > 400
    tuples = {(one.sort, one.arity) for one in types if isinstance(one, ConstructorApplication)}
    assert tuples >= {("", 0), ("tuple", 2), ("tuple", 4), ("unboxed tuple", 2), ("constraint tuple", 2)}
    assert ("unboxed sum", 2) in tuples
    # Only sums have no names there.
    assert [name for name in (*a.names, *b.names) if isinstance(name, KnownName)] == [KnownName("z764")]


@pytest.mark.parametrize("project", [AESON, HLEDGER], ids=lambda project: project.name)
async def test_some_of_a_library(project: Project, tmp_path: Path) -> None:
    assert len(await library(project, project.some, tmp_path)) > 10


@pytest.mark.slow
@pytest.mark.parametrize("project", [AESON, HLEDGER], ids=lambda project: project.name)
async def test_a_library(project: Project, tmp_path: Path) -> None:
    assert len(await library(project, project.most, tmp_path)) > 20


async def library(project: Project, modules: Sequence[str], folder: Path) -> list[HieFile]:
    """Compile modules of a library with Debian's GHC, and compare."""
    ghc, source = require_ghc("9.6"), REPOSITORY / ".toolchains/sources" / project.name
    compile_dumping(ghc, source, folder, project.flags, modules)
    return compared(source, folder, await known_names(await probe(ghc.path), folder))


def contexts(*files: HieFile) -> Iterator[Context]:
    """All ways in which names occur."""
    for hie in files:
        for tree in hie.trees.values():
            for encoded in tree.mentions.contexts:
                yield from tree.contexts[encoded]
