"""The outlines of real packages name what GHC's own parser finds declared in them, at the same places."""

import re
import subprocess
from ast import literal_eval
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.support.structure import parsed
from thatch.core.structure.outline import outline
from thatch.core.structure.symbols import Symbol, SymbolKind
from thatch.core.structure.syntax_tree import SyntaxTree
from thatch.core.text import LineIndex

GHC = "ghc"
SOURCES = REPOSITORY / ".toolchains" / "sources"
# No package's version is known then, so that the test can say what the macros about versions mean.
FLAGS = ("-hide-all-packages", *(f"-X{name}" for name in ("PackageImports", "PatternSynonyms", "LambdaCase")))
MACRO = re.compile(r"MIN_VERSION_(?!GLASGOW)\w+")

Entry = tuple[str, int, int]
"""A name, its line and its column (as GHC counts), which are 0 where GHC does not tell."""


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program that prints the names that GHC's parser finds."""
    folder = tmp_path_factory.mktemp("oracle")
    source = Path(__file__).with_name("names_oracle.hs")
    command = [GHC, "-v0", "-package", "ghc", "-outputdir", folder, "-o", folder / "oracle", source]
    subprocess.run(command, check=True, timeout=300)
    return folder / "oracle"


@pytest.mark.parametrize(("package", "at_least"), [("aeson", 1_200), ("hledger-lib", 2_000), ("hledger", 390)])
def test_names_of_real_packages(package: str, at_least: int, oracle: Path) -> None:
    folder = SOURCES / package
    assert folder.is_dir(), f"{folder} is missing: run `make test`, which unpacks it"
    files = sorted(file for file in folder.rglob("*.hs") if "dist-newstyle" not in file.parts)
    n_names = 0
    for file, said in zip(files, ask(oracle, files), strict=True):
        assert said is not None, f"GHC cannot parse {file}"
        source = parsed(file.read_bytes().decode())
        symbols = list(declared(outline(source)))
        names = {symbol.name for symbol in symbols}
        theirs = {name for name, _, _ in said}
        assert theirs <= names, (file, theirs - names)
        # What GHC does not see stands in a branch that it does not take.
        only_ours = [symbol for symbol in symbols if symbol.name not in theirs]
        assert [symbol.name for symbol in only_ours if not is_conditional(source, symbol)] == [], file
        lines = LineIndex(source.text)
        ours = {(symbol.name, symbol.name_start) for symbol in symbols}
        assert {place(source.text, lines, entry) for entry in said if entry[1]} <= ours, file
        n_names += len(said)
    print(f"{package}: all {n_names} names of {len(files)} files are listed, and in place")
    assert n_names >= at_least


def ask(oracle: Path, files: list[Path]) -> list[list[Entry] | None]:
    """What GHC says of files; its preprocessor takes the newer one of two branches."""
    macros = {name for file in files for name in MACRO.findall(file.read_bytes().decode())}
    libdir = subprocess.run([GHC, "--print-libdir"], check=True, capture_output=True, text=True).stdout.strip()
    done = subprocess.run(
        [oracle, libdir, *FLAGS, *(f"-optP-D{name}(a,b,c)=1" for name in sorted(macros))],
        input="".join(f"{file}\n" for file in files),
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    return [literal_eval(line) for line in done.stdout.splitlines()]


def place(text: str, lines: LineIndex, entry: Entry) -> tuple[str, int]:
    """A name and its offset.  GHC's place of an operator begins with the bracket or the backtick before it."""
    name, line, column = entry
    offset = lines.ghc_offset(line, column)
    return name, offset + (text[offset] in "(`")


def declared(symbols: Iterable[Symbol]) -> Iterator[Symbol]:
    """The symbols of what GHC counts as declared at the top level."""
    for symbol in symbols:
        match symbol.kind:
            case SymbolKind.MODULE:
                yield from declared(symbol.children)
            case SymbolKind.SPLICE:
                pass
            case SymbolKind.INSTANCE:
                yield from declared(child for child in symbol.children if child.kind is SymbolKind.DATA)
            case SymbolKind.FUNCTION | SymbolKind.VALUE:
                yield symbol
            case _:
                if " " not in symbol.name:  # An instance of a family declares only what is in it.
                    yield symbol
                yield from declared(symbol.children)


def is_conditional(source: SyntaxTree, symbol: Symbol) -> bool:
    """Whether a symbol stands between `#if` and `#endif`."""
    return any(one[0].start < symbol.name_start < one[-1].start for one in source.directives.conditionals)
