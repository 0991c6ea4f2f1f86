"""What comments say: the same by an interface, by the text of the module, and by GHC itself."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.conftest import Ghc, require_ghc
from tests.support.waiting import seconds
from thatch.core.hi.model import DocumentationComment, KnownName, Name, OccName
from thatch.core.hi.reader import Interface, read_interface
from thatch.core.source.model import Outline
from thatch.core.source.outline import outline

SAMPLE = Path(__file__).parents[1] / "unit/source/samples/Documented.hs"
GENERATED = re.compile(r"\$f|D:R:|\$dm")
"""Names of instances, family instances and default methods, which nobody can write."""


@pytest.fixture(scope="module", params=["9.6", "9.10"])
def compiled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Interface:
    """The interface of the sample, as a GHC writes it."""
    ghc = require_ghc(request.param)
    folder = tmp_path_factory.mktemp("compiled")
    flags = ["-ignore-dot-ghci", "-haddock", "-fno-code", "-fwrite-interface", "-w", "-v0", "-hidir", folder]
    subprocess.run([ghc.path, *flags, SAMPLE], check=True, timeout=seconds(120))
    return read_interface((folder / "Documented.hi").read_bytes())


@pytest.fixture
def text() -> Outline:
    return outline(SAMPLE.read_text("utf-8"))


def own(names: Mapping[Name | KnownName, object]) -> dict[OccName, object]:
    """What is said of the names that the module's text defines."""
    return {
        name.occ.as_written: said
        for name, said in names.items()
        if isinstance(name, Name) and not GENERATED.match(name.occ.text)
    }


def test_comments_at_declarations_are_those_in_the_text(compiled: Interface, text: Outline) -> None:
    documentation = compiled.documentation
    assert documentation is not None
    by_ghc = {
        occ: tuple(comment.text for comment in said if isinstance(comment, DocumentationComment))
        for occ, said in own(documentation.names).items()
        if isinstance(said, tuple)
    }
    by_text = {each.name: each.comments for each in text.definitions if each.comments}
    assert {occ.text: comments for occ, comments in by_ghc.items()} == by_text
    assert len(by_text) == 39
    for occ, comments in by_ghc.items():
        definition = text.find(occ)
        assert definition is not None and definition.comments == comments


def test_comments_at_arguments_are_those_in_the_text(compiled: Interface, text: Outline) -> None:
    documentation = compiled.documentation
    assert documentation is not None
    by_ghc = {
        name.occ.text: {index: comment.text for index, comment in arguments.items()}
        for name, arguments in documentation.arguments.items()
        if isinstance(name, Name)
    }
    assert by_ghc == {each.name: each.arguments for each in text.definitions if each.arguments}
    assert set(by_ghc) == {"plain", "withArguments", "synonymous", "Square", "Literal", "Predicate", "insert", "sine"}


def test_the_module_and_its_exports(compiled: Interface, text: Outline) -> None:
    documentation = compiled.documentation
    assert documentation is not None and documentation.module is not None
    assert documentation.module.text == text.comment
    exports = [comment.text for comment in documentation.exports.values()]
    assert exports == ([" About an export."] if compiled.series == "9.10" else [])


def test_what_identifiers_mean(compiled: Interface) -> None:
    assert compiled.documentation is not None
    (plain,) = (said for name, said in compiled.documentation.names.items() if written(name) == "plain")
    assert plain[0].text == " About 'plain'."
    assert [written(name) for name in plain[0].identifiers] == ["plain"]


def written(name: Name | KnownName) -> str:
    return name.occ.text if isinstance(name, Name) else name.key


def test_fixities(compiled: Interface, text: Outline) -> None:
    assert sorted(map(str, compiled.fixities)) == sorted(map(str, text.fixities))


def interfaces(libdir: Path) -> Iterator[Path]:
    """Some interfaces of GHC's own packages, and of Debian's where there are some."""
    for pattern in (
        "base-*/Data/Maybe.hi",
        "base-*/Prelude.hi",
        "containers-*/Data/Tree.hi",
        "mtl-*/Control/Monad/RWS.hi",
    ):
        yield from libdir.glob(f"*/{pattern}")
    yield from Path("/usr/lib/haskell-packages/ghc/lib").glob("*-9.6.*/aeson-2*/Data/Aeson/Key.hi")


def test_which_interfaces_have_documentation(ghc: Ghc) -> None:
    libdir = subprocess.run([ghc.path, "--print-libdir"], capture_output=True, text=True, check=True).stdout.strip()
    found = {}
    for path in interfaces(Path(libdir).parent / "lib"):
        interface = read_interface(path.read_bytes())
        if interface.series != ghc.series:
            continue
        shown = subprocess.run([ghc.path, "--show-iface", path], capture_output=True, text=True, check=True).stdout
        found[path.stem] = interface.documentation is not None
        assert found[path.stem] == ("\ndocs:\n  Just" in shown)
    # Debian builds libraries without `-haddock`.
    assert found == {"Maybe": True, "Prelude": True, "Tree": True, "RWS": True} | (
        {"Key": False} if ghc.series == "9.6" else {}
    )
