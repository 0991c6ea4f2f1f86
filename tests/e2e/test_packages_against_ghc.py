"""What is found about names of real packages, by each GHC, is what GHCi says of them."""

import asyncio
import os
import re
import subprocess
import tarfile
from collections.abc import Iterable
from json import dumps
from pathlib import Path

import pytest
from attrs import frozen

from tests.conftest import Ghc, require_ghc
from tests.support.waiting import seconds
from thatch.core.ghc.toolchain import probe
from thatch.core.haddock.blocks import parse_document
from thatch.core.haddock.plain import to_plain
from thatch.core.hi.model import ModuleId, Name, Namespace, OccName
from thatch.core.hi.reader import read_interface
from thatch.core.packages.database import Package, database_folders, interface_path
from thatch.core.packages.interfaces import InstalledInterfaces, explained
from thatch.core.packages.lookup import PackageNames
from thatch.core.packages.model import Origin
from thatch.core.packages.sources import PackageSources
from thatch.core.th.derive import known_names

AESON = Path(__file__).parents[2] / ".toolchains/sources/aeson"
DOCUMENTED = (
    "map filter foldr concatMap zip3 lines words reads (.) ($) (++) error maybe either fst curry until asTypeOf "
    "Maybe Either Functor Monad Foldable Traversable Num Semigroup String IO fmap (<$) (<*>) (>>=) "
    "traverse sequenceA foldMap minimum show read putStrLn getContents interact ioError "
    "Data.List.sortOn Data.List.foldl' Data.List.nub Data.Function.on Data.Function.(&) Data.Maybe.mapMaybe "
    "Data.Char.isAlpha Data.IORef.atomicModifyIORef' Control.Exception.bracket Control.Monad.when "
    "Data.Map.Map Data.Map.insertWith Data.Map.unionWith Data.Map.alterF Data.Map.(!?) Data.Set.partition "
    "Data.IntMap.lookupLT Data.Sequence.(|>) Data.Tree.Tree Data.Tree.rootLabel Data.Tree.foldTree Data.Graph.SCC "
    "Data.Text.Text Data.Text.splitOn Data.Text.strip Data.Text.breakOnAll Data.Text.Encoding.decodeUtf8"
).split()
OPERATORS = (
    "(.) ($) ($!) (++) (+) (-) (*) (/) (^) (==) (<=) (&&) (||) (>>=) (>>) (=<<) (<$>) (<$) (<*>) (<>) div mod elem "
    "(!!) map fmap Data.Function.(&) Data.Function.on Data.Functor.(<&>) Data.Bits.shiftL Data.Bits.(.&.) "
    "Data.Map.(!) Data.Map.(!?) Data.Map.insert Data.Sequence.(|>) Data.List.(\\\\) Control.Monad.(>=>) "
    "Data.List.NonEmpty.(<|) Data.Ratio.(%)"
).split()
COMMENT = re.compile(r"^(?=-- ?[|^])", re.MULTILINE)
DASHES = re.compile(r"^--(?: ?[|^])?", re.MULTILINE)
BLOCK = re.compile(r"^\{- ?[|^]|-\}\s*$")
SAID = re.compile(
    r"-- (Identifier|Data constructor|Type constructor|Class) defined in\s+\u2018(?:[\w.-]+:)?([\w.]+)\u2019\n"
)
MARK = "\n@@"
VALUE = Namespace.VARIABLE
SPACES = {"Identifier": VALUE, "Data constructor": Namespace.CONSTRUCTOR}
FIXITY = re.compile(r"^(infix[lr]?) (\d) ", re.MULTILINE)


@frozen
class Setup:
    """A GHC and what we know of its packages."""

    ghc: Ghc
    interfaces: InstalledInterfaces
    names: PackageNames


@pytest.fixture(scope="module", params=["9.6", "9.10"])
def setup(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Setup:
    ghc = require_ghc(request.param)
    folder = tmp_path_factory.mktemp("answers")

    async def prepare() -> Setup:
        toolchain = await probe(ghc.path)
        known = await known_names(toolchain, folder)
        interfaces = InstalledInterfaces(database_folders(toolchain.libdir, []), known)
        return Setup(
            ghc, interfaces, PackageNames(interfaces, PackageSources(folder / "unpacked", [], downloads(folder)))
        )

    return asyncio.run(prepare())


def downloads(folder: Path) -> list[Path]:
    """A folder as cabal's, with what it would have downloaded."""
    place = folder / "packages/repository/aeson/2.1.2.1"
    place.mkdir(parents=True)
    with tarfile.open(place / "aeson-2.1.2.1.tar.gz", "w:gz") as archive:
        archive.add(AESON, "aeson-2.1.2.1")
    return [folder / "packages"]


def ask(ghc: Ghc, command: str, names: Iterable[str]) -> dict[str, str]:
    """What GHCi answers, by names."""
    questions = ((f"putStrLn {dumps(f'{MARK}{name}')}", f":{command} {ghci(name)}") for name in names)
    arguments = [part for question in questions for each in question for part in ("-e", each)]
    answer = subprocess.run(
        [ghc.path, "-ignore-dot-ghci", *arguments],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"LC_ALL": "C.UTF-8"},
        timeout=seconds(120),
    )
    return dict(part.split("\n", 1) for part in answer.stdout.split(MARK)[1:])


def ghci(name: str) -> str:
    """A name as GHCi takes it: it wants `(Data.Map.!)` and `Data.Map.!`, not `Data.Map.(!)`."""
    return name if name.startswith("(") else name.replace("(", "").replace(")", "")


def bare(name: str) -> str:
    """A name without its module."""
    return name[name.index("(") + 1 : -1] if "(" in name else name.rsplit(".", 1)[-1]


def defined(setup: Setup, name: str, module: str, namespace: Namespace) -> Name:
    """The name that GHC says is defined in a module of one of its packages."""
    setup.interfaces.package("base")
    units = [
        package.id
        for package in setup.interfaces.packages.values()
        if package.name != "ghc" and interface_path(package.import_dirs, module)
    ]
    assert len(units) == 1, (module, units)
    return Name(ModuleId(units[0], module), OccName(bare(name), namespace))


def undecorated(text: str) -> str:
    """Comments without the marks of comments: one block, or several of lines with nothing between them."""
    text = text.strip("\n")
    if text.startswith("{-"):
        return BLOCK.sub("", text)
    return "\n\n".join(DASHES.sub("", comment) for comment in COMMENT.split(text)[1:])


async def test_comments_are_those_that_ghci_shows(setup: Setup) -> None:
    answers = ask(setup.ghc, "doc", DOCUMENTED)
    for name in DOCUMENTED:
        said = SAID.search(answers[name])
        assert said, (name, answers[name])
        facts = await setup.names.name(defined(setup, name, said[2], SPACES.get(said[1], Namespace.TYPE)))
        assert facts is not None and facts.origin is Origin.INTERFACE, name
        assert facts.documentation == parse_document(undecorated(answers[name][said.end() :])), name
        assert facts.links.documentation.startswith("https://"), name


@pytest.mark.parametrize("setup", ["9.6"], indirect=True)
async def test_a_hidden_module_of_ghcs_own(setup: Setup) -> None:
    facts = await setup.names.name(Name(ModuleId("base", "Data.OldList"), OccName("sortOn", VALUE)))
    assert facts is not None
    assert facts.links.documentation.endswith("/base-4.18.2.1/docs/Data-List.html#v:sortOn")
    assert facts.links.source.endswith("/base-4.18.2.1/docs/src/Data.OldList.html#sortOn")


async def test_what_is_built_into_ghc_has_no_interface(setup: Setup) -> None:
    facts = await setup.names.name(Name(ModuleId("ghc-prim", "GHC.Prim"), OccName("seq", VALUE)))
    assert facts is not None and facts.origin is Origin.NONE
    assert facts.links.documentation.endswith("/docs/GHC-Prim.html#v:seq")


async def test_fixities_are_those_that_ghci_shows(setup: Setup) -> None:
    answers = ask(setup.ghc, "info", OPERATORS)
    for name in OPERATORS:
        module = re.search(r"-- Defined in\s+\u2018(?:[\w.-]+:)?([\w.]+)\u2019", answers[name])
        assert module, (name, answers[name])
        facts = await setup.names.name(defined(setup, name, module[1], Namespace.VARIABLE))
        shown = FIXITY.search(answers[name])
        found = facts.fixity if facts else None
        assert (found and (found.direction, str(found.precedence))) == (shown and shown.groups()), name


def exports(package: Package, interfaces: InstalledInterfaces) -> set[Name]:
    """All that the modules of a package define and export."""
    found = set()
    for path in (path for folder in package.import_dirs for path in folder.rglob("*.hi")):
        for export in read_interface(path.read_bytes()).exports:
            names = [explained(name, interfaces.known) for name in (export.name, *(export.parts or ()))]
            found |= {name for name in names if name and name.module.unit == package.id}
            if isinstance(export.name, Name) and export.name.module.unit == package.id:
                found |= {Name(export.name.module, OccName(label, Namespace.FIELD)) for label in export.fields}
    return found


@pytest.mark.parametrize("setup", ["9.6"], indirect=True)
async def test_a_package_whose_source_cabal_has_downloaded(setup: Setup) -> None:
    """Debian builds aeson, of the version that the tests have the source of, without `-haddock`."""
    package = setup.interfaces.package("aeson")
    assert package is not None and package.source_id == "aeson-2.1.2.1"
    n_documented = n_linked = 0
    names = exports(package, setup.interfaces)
    for name in names:
        place = await setup.names.definition(name)
        assert place is not None and place.unpacked, name
        assert place.span is not None, name
        line = place.path.read_text("utf-8").split("\n")[place.span.start_line - 1]
        assert line[place.span.start_column - 1 : place.span.end_column - 1] == name.occ.as_written.text
        facts = await setup.names.name(name)
        assert facts is not None and facts.origin in {Origin.SOURCE, Origin.NONE}
        n_documented += facts.origin is Origin.SOURCE
        n_linked += facts.links.documentation != ""
    assert len(names) > 300
    assert n_documented > 150
    # Some names of hidden modules are exported to other modules of the package only.
    assert n_linked > 200


@pytest.mark.parametrize("setup", ["9.6"], indirect=True)
async def test_a_name_of_a_hidden_module(setup: Setup) -> None:
    package = setup.interfaces.package("aeson")
    assert package is not None
    assert "Data.Aeson.Types.FromJSON" not in package.modules
    facts = await setup.names.name(Name(ModuleId(package.id, "Data.Aeson.Types.FromJSON"), OccName(".:", VALUE)))
    assert facts is not None
    assert to_plain(facts.documentation).startswith("Retrieve the value associated with the given key of an Object.\n")
    assert facts.links.documentation.endswith("/aeson-2.1.2.1/docs/Data-Aeson.html#v:.:")
    assert facts.links.source.endswith("/aeson-2.1.2.1/docs/src/Data.Aeson.Types.FromJSON.html#.%3A")
