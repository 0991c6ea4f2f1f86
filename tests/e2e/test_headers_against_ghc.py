"""Heads of files read by us and by GHC itself say the same, and GHC's preprocessors settle the rest."""

import asyncio
import re
import subprocess
import tempfile
from ast import literal_eval
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from random import Random

import pytest
from attrs import evolve, frozen
from hypothesis import Phase, given, settings

from tests.support.header_source import Head, heads
from tests.support.waiting import until
from thatch.core.process import run
from thatch.core.project.graph import build_graph
from thatch.core.project.headers import collect_headers, read_header, settle
from thatch.core.project.model import Module, Role, Unit
from thatch.core.project.resolve import ModuleId
from thatch.core.syntax import Import

GHC = Path("ghc")
SOURCES = Path(__file__).parents[2] / ".toolchains/sources"
# What any of these packages gets from its build description.
FLAGS = ("-XPackageImports", "-XImportQualifiedPost", "-XPatternSynonyms", "-XExplicitNamespaces")


@frozen
class Said:
    """A file's head as GHC tells it."""

    name: str
    imports: tuple[tuple[str, bool, str | None, tuple[int, int, int]], ...]
    """Module, `{-# SOURCE #-}`, package; line, first column, column after the last."""


Oracle = Callable[[Iterable[Path], tuple[str, ...]], list[Said | None]]


@pytest.fixture(scope="session")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    """What GHC's own header reader, called through its API, says about files."""
    folder = tmp_path_factory.mktemp("oracle")
    program = folder / "oracle"
    source = Path(__file__).with_name("header_oracle.hs")
    subprocess.run(
        [GHC, "-v0", "-package", "ghc", "-outputdir", folder, "-o", program, source], check=True, timeout=300
    )
    libdir = subprocess.run([GHC, "--print-libdir"], check=True, capture_output=True, text=True).stdout.strip()

    def ask(files: Iterable[Path], flags: tuple[str, ...]) -> list[Said | None]:
        done = subprocess.run(
            [program, libdir, *flags],
            input="".join(f"{file}\n" for file in files),
            check=True,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
        )
        return [_said(literal_eval(line)) for line in done.stdout.splitlines()]

    return ask


def _said(answer: tuple[str, list[tuple[str, bool, str | None, tuple[int, int, int]]]] | None) -> Said | None:
    if answer is None:
        return None
    name, imports = answer
    # GHC places the implicit Prelude at the start of the file, where nothing can be written.
    return Said(name, tuple(sorted((entry for entry in imports if entry[3] != (1, 1, 1)), key=repr)))


def _ours(imports: Iterable[Import]) -> tuple[tuple[str, bool, str | None, tuple[int, int, int]], ...]:
    found = (
        (
            entry.module,
            entry.source,
            entry.package,
            (entry.span.start_line, entry.span.start_column, entry.span.end_column),
        )
        for entry in imports
    )
    return tuple(sorted(found, key=repr))


def test_random_heads(oracle: Oracle, tmp_path: Path) -> None:
    written: list[Head] = []

    @settings(max_examples=300, deadline=None, database=None, phases=[Phase.generate])
    @given(heads())
    def collect(head: Head) -> None:
        written.append(head)

    # One GHC reads them all.
    collect()
    files = [tmp_path / f"{number}{'.lhs' if head.literate else '.hs'}" for number, head in enumerate(written)]
    for file, head in zip(files, written, strict=True):
        file.write_text(head.text, encoding="utf-8", newline="")
    for file, head, said in zip(files, written, oracle(files, FLAGS), strict=True):
        header = read_header(file)
        assert header is not None
        assert said is not None, f"GHC rejects {head.text!r}"
        assert (header.name or "Main", _ours(header.imports)) == (said.name, said.imports), head.text


@pytest.mark.parametrize("package", ["aeson", "hledger-lib", "hledger"])
async def test_real_packages(oracle: Oracle, package: str) -> None:
    folder = SOURCES / package
    assert folder.is_dir(), f"{folder} is not there: `make test` fetches it"
    files = sorted(file for file in folder.rglob("*.hs") if "dist-newstyle" not in file.parts)
    assert len(files) > 30
    unit = _unit(folder, {_name_of(file) or f"Main{number}": file for number, file in enumerate(files)})
    graph = build_graph([unit], collect_headers([unit]))
    settled = await settle(graph, [unit], GHC)
    assert settled.uncertain == ()
    said = dict(zip(files, oracle(files, FLAGS), strict=True))
    for module, node in graph.nodes.items():
        truth, path = said[node.module.path], node.module.path
        assert truth is not None
        assert (node.header.name or "Main") == truth.name, path
        assert set(truth.imports) <= set(_ours(node.header.imports)), path
        if module not in graph.uncertain and not node.header.exact:
            # Which branch is taken matters to no home module: nobody asked.
            continue
        assert _ours(settled.nodes[module].header.effective_imports) == truth.imports, path


async def test_a_project_has_the_edges_and_orders_that_ghc_finds(tmp_path: Path) -> None:
    chance = Random(7)
    names = [f"{'Deep.' if number % 3 else ''}M{number}" for number in range(40)]
    for number, name in enumerate(names):
        imports = [f"import {target}" for target in chance.sample(names[:number], min(number, 4))]
        # Later modules are reached through their boot files.
        boots = [f"import {{-# SOURCE #-}} {target}" for target in names[number + 1 : number + 3 : 2]]
        _write(tmp_path, f"{name.replace('.', '/')}.hs", f"module {name} where", *imports, *boots)
        _write(tmp_path, f"{name.replace('.', '/')}.hs-boot", f"module {name} where")
    _write(tmp_path, "Main.hs", "module Main where", *(f"import {name}" for name in names), "main = pure ()")
    # Only the entry is declared: the rest is found, as GHC finds it.
    unit = _unit(tmp_path, {"Main": tmp_path / "Main.hs"})
    graph = build_graph([unit], collect_headers([unit]))
    await run(
        [GHC, "-M", "-dep-suffix", "", "-dep-makefile", "deps", "-outputdir", "out", "Main.hs"],
        cwd=tmp_path,
        timeout=60,
    )
    edges = {(module, target) for module in graph.nodes for target in graph.imports(module)}
    # GHC checks a module against its boot file, and so needs that first.
    edges |= {(ModuleId("unit", module.name), module) for module in graph.nodes if module.boot}
    assert {(_label(module), _label(target)) for module, target in edges} == _made(tmp_path / "deps")
    assert graph.cycles == ()
    position = {module: place for place, module in enumerate(graph.order)}
    assert all(position[target] < position[module] for module, target in edges)


@pytest.mark.parametrize(
    "written",
    [
        "import M",
        'import "lib-package" M',
        'import "this" M',
        'import "exe-package" Own',
        'import "this" Own',
        "import Own",
        "import Hidden",
        "import {-# SOURCE #-} Boot",
        "import {-# SOURCE #-} M",
    ],
)
async def test_imports_across_units_mean_what_ghc_takes_them_for(tmp_path: Path, written: str) -> None:
    for name in ("lib/M.hs", "lib/Hidden.hs", "lib/Boot.hs", "lib/Boot.hs-boot", "exe/Own.hs"):
        _write(tmp_path, name, f"module {Path(name).stem} where")
    _write(tmp_path, "exe/N.hs", "module N where", written)
    lib = _unit(tmp_path / "lib", {name: tmp_path / f"lib/{name}.hs" for name in ("M", "Boot", "Hidden")}, name="lib")
    *exposed, hidden = (evolve(module, role=Role.EXPOSED) for module in lib.modules)
    lib = evolve(lib, component="lib-package:lib", modules=(*exposed, evolve(hidden, role=Role.OTHER)))
    exe = _unit(tmp_path / "exe", {name: tmp_path / f"exe/{name}.hs" for name in ("N", "Own")}, name="exe")
    exe = evolve(exe, component="exe-package:exe", package_ids=("lib",))
    graph = build_graph([lib, exe], collect_headers([lib, exe]))
    # GHC hides a home unit's modules from the others only when told to.
    common = [*FLAGS, "-i", "-hide-all-packages", "-package", "base"]
    _write(tmp_path, "u1", *common, "-this-unit-id lib -this-package-name lib-package -hidden-module Hidden")
    _write(tmp_path, "u2", *common, "-this-unit-id exe -this-package-name exe-package -package-id lib -iexe N Own")
    with (tmp_path / "u1").open("a") as file:
        file.write("-ilib M Boot Hidden\n")
    done = await run([GHC, "-fno-code", "-unit", "@u1", "-unit", "@u2"], cwd=tmp_path, timeout=60)
    assert (done.code == 0) == (graph.external(ModuleId("exe", "N")) == ()), done.said


async def test_preprocessors_decide_and_failing_files_stay_uncertain(tmp_path: Path) -> None:
    cpp = "{-# LANGUAGE CPP #-}"
    _write(
        tmp_path, "A.hs", cpp, "#if MIN_VERSION_base(4,0,0) && defined(ON)", "import B", "#else", "import C", "#endif"
    )
    _write(tmp_path, "B.hs", cpp, '#include "imports.h"', "import Data.List")
    _write(tmp_path, "C.lhs", "> " + cpp, "", "#ifdef ON", "> import B", "#endif", "", "> import Data.Char")
    _write(tmp_path, "Bad1.hs", cpp, '#include "missing.h"', "import A")
    _write(tmp_path, "Bad2.hs", cpp, "#if 1 +", "import A", "#endif")
    _write(tmp_path, "Own.hs", "{-# OPTIONS_GHC -F -pgmF ./own #-}", "import A")
    _write(tmp_path, "Z.hs", cpp, "#if 0", "import A", "#endif")
    _write(tmp_path, "imports.h", "import qualified Z")
    _write(tmp_path, "own", "#!/bin/sh", 'echo "import C" > "$3"', 'echo "-- $1" >> "$3"').chmod(0o755)
    names = ("A", "B", "Bad1", "Bad2", "Own", "Z")
    modules = {name: tmp_path / f"{name}.hs" for name in names} | {"C": tmp_path / "C.lhs"}
    # A home unit is no installed package: GHC must not be asked for it.
    unit = _unit(tmp_path, modules, "-DON", "-package-id", "other-1")
    other = _unit(tmp_path / "other", {}, name="other-1")
    before = _files(tmp_path)
    graph = build_graph([unit, other], collect_headers([unit]))
    assert [module.name for module in graph.uncertain] == ["A", "B", "Bad1", "Bad2", "Own", "Z", "C"]
    settled = await settle(graph, [unit, other], GHC)
    found = {module.name: [target.name for target in settled.imports(module)] for module in settled.nodes}
    assert found == {"A": ["B"], "B": ["Z"], "C": ["B"], "Bad1": ["A"], "Bad2": ["A"], "Own": ["C"], "Z": []}
    assert [module.name for module in settled.uncertain] == ["Bad1", "Bad2"]
    assert settled.nodes[ModuleId("unit", "A")].header.effective_imports[0].span.start_line == 3
    assert _files(tmp_path) == before


async def test_a_cancelled_settling_leaves_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    _write(tmp_path, "slow-ghc", "#!/bin/sh", "echo > started", "exec sleep 1000").chmod(0o755)
    _write(tmp_path, "A.hs", "{-# LANGUAGE CPP #-}", '#include "x.h"')
    unit = _unit(tmp_path, {"A": tmp_path / "A.hs"})
    graph = build_graph([unit], collect_headers([unit]))
    settling = asyncio.create_task(settle(graph, [unit], tmp_path / "slow-ghc"))
    await until((tmp_path / "started").exists, "the start of GHC")
    assert list(scratch.iterdir()) != []
    settling.cancel()
    await asyncio.wait([settling])
    assert settling.cancelled()
    assert list(scratch.iterdir()) == []


async def test_without_a_usable_ghc_the_graph_stays_as_it_is(tmp_path: Path) -> None:
    _write(tmp_path, "A.hs", "{-# LANGUAGE CPP #-}", '#include "x.h"')
    unit = _unit(tmp_path, {"A": tmp_path / "A.hs"})
    graph = build_graph([unit], collect_headers([unit]))
    assert await settle(graph, [unit], tmp_path / "no-ghc") is graph


def _write(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
    return path


def _unit(folder: Path, modules: Mapping[str, Path], *flags: str, name: str = "unit") -> Unit:
    return Unit(
        id=name,
        component=f"{name}:lib",
        directory=folder,
        flags=(*FLAGS, *flags),
        source_dirs=(folder,),
        modules=tuple(Module(module, path) for module, path in modules.items()),
    )


def _files(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


def _name_of(file: Path) -> str | None:
    header = read_header(file)
    return header.name if header else None


def _label(module: ModuleId) -> str:
    """A module as GHC's makefile names it, without the suffix."""
    return module.name.replace(".", "/") + ("-boot" if module.boot else "")


def _made(makefile: Path) -> set[tuple[str, str]]:
    """The edges between modules in what `ghc -M` wrote."""
    edges = set()
    for line in makefile.read_text().splitlines():
        target, _, source = line.partition(" : ")
        if ".hi" in source:
            edges.add(
                tuple(re.sub(r"\.(?:o|hi)(?=-boot|$)", "", name.removeprefix("out/")) for name in (target, source))
            )
    return edges
