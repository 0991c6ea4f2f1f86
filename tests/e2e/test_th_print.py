"""What is printed of syntax trees is parsed by real GHCs to what they make of the trees themselves."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from random import Random

from tests.conftest import Ghc
from tests.unit.th.trees import Trees
from thatch.core.ghc.toolchain import probe
from thatch.core.packages.database import read_packages, visible_packages
from thatch.core.th.derive import derived_schema, known_names
from thatch.core.th.names import BareScope, Names, Space
from thatch.core.th.packages import InstalledExports, InterfaceExports
from thatch.core.th.printer import print_declarations
from thatch.core.th.schema import shipped_schema
from thatch.core.th.tree import DECLARATIONS, Name, Node, decode, encode

N_TREES = 250
PACKAGES = ("ghc", "ghci", "text", "bytestring", "binary")
CHECKER = Path(__file__).with_name("th_print.hs")


async def test_the_shipped_schema_is_the_derived_one_and_is_kept(ghc: Ghc, tmp_path: Path) -> None:
    toolchain = await probe(ghc.path)
    assert await derived_schema(toolchain, tmp_path) == shipped_schema(ghc.series)
    kept = tmp_path / f"th-schema-{toolchain.id}.json"
    kept.write_text("damaged")
    assert await derived_schema(toolchain, tmp_path) == shipped_schema(ghc.series)
    assert kept.read_text() != "damaged"


async def test_names_that_ghc_knows_and_exports_of_packages(ghc: Ghc, tmp_path: Path) -> None:
    toolchain = await probe(ghc.path)
    known = await known_names(toolchain, tmp_path)
    assert {"Bool", "$", "map", "(,)", "Just", "(#,,#)"} <= {name.occ.text for name in known.values()}
    assert {str(name.module) for name in known.values() if name.occ.text == "Bool"} == {"ghc-prim:GHC.Types"}
    assert await known_names(toolchain, tmp_path) == known
    packages = read_packages([toolchain.libdir / "package.conf.d"])
    exports = InterfaceExports(InstalledExports(packages, known), visible_packages(packages, ()))
    prelude = {(each.occ, each.space) for each in exports.exports("Prelude") or ()}
    assert {("map", Space.VALUE), ("Just", Space.CONSTRUCTOR), ("Show", Space.TYPE), ("==", Space.VALUE)} <= prelude
    assert exports.exports("No.Such.Module") is None
    (member,) = [each for each in exports.exports("Data.Map.Strict") or () if each.occ == "member"]
    assert member.module == "Data.Map.Internal"


def test_printed_trees_are_parsed_as_the_trees(ghc: Ghc, tmp_path: Path) -> None:
    schema = shipped_schema(ghc.series)
    assert schema is not None
    lines, texts = [], []
    for seed in range(N_TREES):
        tree = (_declaration(Trees(Random(seed), ghc.series)),)
        data = encode(tree, DECLARATIONS, schema)
        assert decode(data, DECLARATIONS, schema) == tree
        printed = print_declarations(tree, Names(BareScope("M")))
        texts.append(printed.text)
        lines.append(" ".join(_hex(part) for part in (" ".join(printed.extensions), data, f"{printed.text}\n")))
    answers = _check(ghc, tmp_path, lines)
    bad = [f"{text}\n{answer}" for text, answer in zip(texts, answers, strict=True) if answer.split(":")[0] != "ok"]
    assert [each for each in bad if "\nskip:" not in each] == []
    assert len(bad) < N_TREES / 20


def _declaration(trees: Trees) -> Node:
    makers = (
        lambda: trees.value(3, "top"),
        lambda: trees.function(3),
        lambda: Node("SigD", (Name("top"), trees.type(4))),
        lambda: Node("ValD", (Node("VarP", (Name("top"),)), Node("NormalB", (trees.expression(4),)), ())),
    )
    return trees.pick(makers)()


def _hex(part: str | bytes) -> str:
    return "x" + (part.encode() if isinstance(part, str) else part).hex()


def _check(ghc: Ghc, folder: Path, lines: Sequence[str]) -> list[str]:
    cases = folder / "cases"
    cases.write_text("\n".join(lines) + "\n")
    libdir = subprocess.run([ghc.path, "--print-libdir"], capture_output=True, text=True, check=True).stdout.strip()
    packages = [flag for package in PACKAGES for flag in ("-package", package)]
    command = [
        ghc.path,
        "-ignore-dot-ghci",
        "-package-env",
        "-",
        *packages,
        "-e",
        f':main "{libdir}" "{cases}"',
        CHECKER,
    ]
    said = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    assert said.returncode == 0, said.stderr
    return said.stdout.splitlines()
