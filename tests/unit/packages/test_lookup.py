"""Questions about names of packages, answered from interfaces that real GHCs wrote and from sources.

The package is `sample-1`, whose interfaces are those of `tests/unit/hi/samples`.
"""

import shutil
from pathlib import Path

import pytest

from tests.support.projects import write
from thatch.core.diagnostics import Span
from thatch.core.haddock.blocks import parse_document
from thatch.core.haddock.document import Document
from thatch.core.hi.model import Fixity, KnownName, ModuleId, Name, Namespace, OccName, WarningText
from thatch.core.packages.archives import BadArchiveError
from thatch.core.packages.interfaces import InstalledInterfaces
from thatch.core.packages.links import Links
from thatch.core.packages.lookup import PackageNames
from thatch.core.packages.model import Origin, SourcePlace
from thatch.core.packages.sources import PackageSources

SAMPLES = Path(__file__).parents[1] / "hi" / "samples"
SITE = "https://hackage.haskell.org/package/sample-1/docs/"
CONF = """\
name: sample
version: 1
id: sample-1
exposed-modules: Spoken Knot
import-dirs: {interfaces}
haddock-html: ${{pkgroot}}/doc
"""
KNOWN = {"9x": Name(ModuleId("sample-1", "Spoken"), OccName("speak", Namespace.VARIABLE))}
CABAL = "name: sample\nversion: 1\nlibrary\n  hs-source-dirs: src\n"


@pytest.fixture(params=["9.6", "9.10"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with a database."""
    write(tmp_path, {"db/sample-1.conf": CONF.format(interfaces=SAMPLES / request.param)})
    return tmp_path


@pytest.fixture
def names(root: Path) -> PackageNames:
    return PackageNames(
        InstalledInterfaces([root / "db"], KNOWN), PackageSources(root / "unpacked", [root / "sources"], [])
    )


def name(text: str, namespace: Namespace = Namespace.VARIABLE, module: str = "Spoken") -> Name:
    return Name(ModuleId("sample-1", module), OccName(text, namespace))


async def test_documentation_of_an_interface(names: PackageNames) -> None:
    facts = await names.name(name("speak"))
    assert facts is not None
    assert facts.package == "sample-1"
    assert facts.documentation == parse_document("Uses 'Voice', ünd more.")
    assert facts.arguments == {0: parse_document("Whose."), 1: parse_document("What 'speak' says.")}
    assert facts.origin is Origin.INTERFACE
    assert facts.references == {"Voice": f"{SITE}Spoken.html#t:Voice", "speak": f"{SITE}Spoken.html#v:speak"}
    assert facts.links == Links(f"{SITE}Spoken.html#v:speak", f"{SITE}src/Spoken.html#speak")
    assert facts.fixity is None
    assert facts.warning is None
    assert await names.name(name("speak")) is facts


async def test_names_that_ghc_knows(names: PackageNames) -> None:
    facts = await names.name(KnownName("9x"))
    assert facts is not None and facts.documentation == parse_document("Uses 'Voice', ünd more.")
    assert await names.name(KnownName("0y")) is None


async def test_fixities_and_warnings(names: PackageNames) -> None:
    operator = await names.name(name("<+>", module="Shapes"))
    assert operator is not None
    assert operator.fixity == Fixity(OccName("<+>", Namespace.VARIABLE), 5, "infixr")
    old = await names.name(name("old", module="Shapes"))
    assert old is not None
    assert old.warning == WarningText(deprecated=True, lines=("use area", "instead"))
    assert old.origin is Origin.NONE
    anything = await names.name(name("anything", module="Orphans"))
    assert anything is not None and anything.warning is not None
    assert anything.warning.lines == ("do not use",)


async def test_what_is_of_no_package(names: PackageNames) -> None:
    assert await names.name(Name(ModuleId("home", "Spoken"), OccName("speak", Namespace.VARIABLE))) is None
    assert await names.module(ModuleId("home", "Spoken")) is None
    assert await names.definition(Name(ModuleId("home", "Spoken"), OccName("speak", Namespace.VARIABLE))) is None


async def test_units_that_ghc_calls_by_their_names(names: PackageNames) -> None:
    facts = await names.name(Name(ModuleId("sample", "Spoken"), OccName("speak", Namespace.VARIABLE)))
    assert facts is not None and facts.package == "sample-1"


async def test_modules(names: PackageNames, root: Path) -> None:
    spoken = await names.module(ModuleId("sample-1", "Spoken"))
    assert spoken is not None
    assert (spoken.documentation, spoken.origin) == (parse_document("About the module."), Origin.INTERFACE)
    assert spoken.links == Links(f"{SITE}Spoken.html", f"{SITE}src/Spoken.html")
    orphans = await names.module(ModuleId("sample-1", "Orphans"))
    assert orphans is not None and orphans.warning is not None
    assert (orphans.documentation, orphans.origin) == (Document(), Origin.NONE)


async def test_a_source_is_read_where_an_interface_has_no_documentation(names: PackageNames, root: Path) -> None:
    before = await names.name(name("area", module="Shapes"))
    assert before is not None and before.origin is Origin.NONE
    source = """
        -- | Description: All shapes
        --
        -- Shapes.
        module Shapes where
        -- | How big.
        area :: Shape -- ^ Of what.
          -> Int
        area _ = 1
    """
    write(root / "sources/sample", {"sample.cabal": CABAL, "src/Shapes.hs": source})
    facts = await names.name(name("area", module="Shapes"))
    assert facts is not None
    assert (facts.documentation, facts.origin) == (parse_document("How big."), Origin.SOURCE)
    assert facts.arguments == {0: parse_document("Of what.")}
    module = await names.module(ModuleId("sample-1", "Shapes"))
    assert module is not None
    assert (module.description, module.documentation) == ("All shapes", parse_document("Shapes."))
    assert module.origin is Origin.SOURCE


async def test_what_haddock_left_is_read_where_an_interface_has_no_documentation(root: Path) -> None:
    haddock = SAMPLES.parents[1] / "haddock/samples/9.6/Markup.haddock"
    write(
        root,
        {"db/markup-1.conf": f"name: markup\nversion: 1\nid: markup-1\nhaddock-interfaces: {root}/absent {haddock}\n"},
    )
    names = PackageNames(InstalledInterfaces([root / "db"], KNOWN), PackageSources(root / "unpacked", [], []))
    unit = ModuleId("markup-1", "Markup")
    facts = await names.name(Name(unit, OccName("arguments", Namespace.VARIABLE)))
    assert facts is not None and facts.origin is Origin.HADDOCK
    assert facts.documentation == parse_document("With arguments.")
    assert facts.arguments == {0: parse_document("The /first/."), 2: parse_document("The result.")}
    field = await names.name(Name(unit, OccName("field_1", Namespace.FIELD, "MkRecord'")))
    assert field is not None and field.documentation == parse_document("A field.")
    for other in (OccName("absent", Namespace.VARIABLE), OccName("arguments", Namespace.TYPE)):
        nothing = await names.name(Name(unit, other))
        assert nothing is not None and nothing.origin is Origin.NONE


async def test_definitions(names: PackageNames, root: Path) -> None:
    assert await names.definition(name("speak")) is None
    write(root / "sources/sample", {"sample.cabal": CABAL, "src/Spoken.hs": "module Spoken where\nspeak _ = 1\n"})
    path = root / "sources/sample/src/Spoken.hs"
    assert await names.definition(name("speak")) == SourcePlace(path=path, span=Span(2, 1, 2, 6), unpacked=False)
    assert await names.definition(name("unseen")) == SourcePlace(path=path, span=None, unpacked=False)
    assert await names.definition(KnownName("9x")) == await names.definition(name("speak"))
    assert await names.definition(KnownName("0y")) is None
    assert await names.definition(name("x", module="Absent")) is None
    module = await names.module_source(ModuleId("sample-1", "Spoken"))
    assert module == SourcePlace(path=path, span=Span(1, 8, 1, 14), unpacked=False)
    path.write_text("module Spoken where\n\n\nspeak _ = 1\n")
    changed = await names.definition(name("speak"))
    assert changed is not None and changed.span == Span(4, 1, 4, 6)


async def test_a_bad_archive_is_told_to_those_who_want_to_go_there(names: PackageNames, root: Path) -> None:
    write(root / "sources", {"sample-1.tar.gz": "damaged"})
    with pytest.raises(BadArchiveError):
        await names.definition(name("speak"))
    facts = await names.name(name("area", module="Shapes"))
    assert facts is not None and facts.origin is Origin.NONE


async def test_pages_on_this_machine_come_first(names: PackageNames, root: Path) -> None:
    write(root, {"doc/Spoken.html": "<html>"})
    facts = await names.name(name("Voice", Namespace.TYPE))
    assert facts is not None
    folder = (root / "doc").as_uri()
    assert facts.links == Links(f"{folder}/Spoken.html#t:Voice", f"{folder}/src/Spoken.html#Voice")


async def test_hidden_modules_have_no_page(names: PackageNames) -> None:
    """`Knot` exports nothing of `Shapes`, which the package hides; what it does export would be found through it."""
    hidden = await names.name(name("area", module="Shapes"))
    assert hidden is not None and hidden.links == Links()


async def test_packages_that_are_installed_later(root: Path, names: PackageNames) -> None:
    assert await names.module(ModuleId("later-1", "Knot")) is None
    shutil.copy(root / "db/sample-1.conf", root / "db/later-1.conf")
    text = (root / "db/later-1.conf").read_text()
    (root / "db/later-1.conf").write_text(text.replace("sample", "later", 1).replace("sample-1", "later-1", 1))
    found = await names.module(ModuleId("later-1", "Knot"))
    assert found is not None and found.package == "later-1"


async def test_damaged_interfaces_are_none(root: Path) -> None:
    write(root, {"hi/Spoken.hi": "damaged", "db/sample-1.conf": CONF.format(interfaces=root / "hi")})
    names = PackageNames(InstalledInterfaces([root / "db"], KNOWN), PackageSources(root / "unpacked", [], []))
    facts = await names.name(name("speak"))
    assert facts is not None and facts.origin is Origin.NONE
