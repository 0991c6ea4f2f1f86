"""Interfaces that real compilers write say the same to us and to `ghc --show-iface`."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Ghc
from tests.support.projects import write
from tests.support.waiting import seconds
from thatch.core.ghc.flags import response_file
from thatch.core.hi import model
from thatch.core.hi.reader import Interface, read_interface
from thatch.core.hi.thin import without_core, without_families

LIBRARY = {
    "lib/src/Base.hs": """
        module Base (Colour (..), Point (..), paint, old, helper, (+++), Maybe (..)) where
        data Colour = Red | Green deriving (Eq, Show)
        data Point = Point {across, up :: !Int} deriving (Eq)
        infixl 6 +++
        (+++) :: Int -> Int -> Int
        a +++ b = a + b
        paint :: Colour -> Int
        paint Red = 1
        paint Green = error "no green"
        {-# DEPRECATED old "use paint" #-}
        old :: Int
        old = 3
        helper :: Int -> Int
        helper x = x + 1
    """,
    "lib/src/Tied.hs-boot": """
        module Tied where
        data Tied
    """,
    "lib/src/Knot.hs": """
        module Knot where
        import {-# SOURCE #-} Tied
        data Knot = Knot Tied
    """,
    "lib/src/Tied.hs": """
        module Tied where
        import Knot
        data Tied = Tied Knot | Loose
    """,
    "lib/include/answer.h": """
        #define ANSWER 42
    """,
    "lib/src/Included.hs": """
        {-# LANGUAGE CPP #-}
        module Included where
        #include "answer.h"
        answer :: Int
        answer = ANSWER
    """,
    "lib/src/Orphans.hs": """
        {-# OPTIONS_GHC -Wno-orphans #-}
        {-# LANGUAGE Trustworthy #-}
        module Orphans {-# WARNING "careful" #-} where
        import safe Base
        instance Ord Colour where compare _ _ = EQ
    """,
    "lib/src/Families.hs": """
        {-# LANGUAGE TypeFamilies, DataKinds, GADTs, PatternSynonyms, FunctionalDependencies #-}
        module Families where
        import Data.Kind (Type)
        type family F a
        type instance F Int = Bool
        type family Closed a where { Closed [a] = a; Closed a = a }
        class C a where { type D a; data E a :: Type; op :: a -> D a; op = undefined; name :: a -> String }
        instance C Int where { type D Int = Bool; data E Int = EInt; op _ = True; name _ = "int" }
        class Convert a b | a -> b where convert :: a -> b
        data Vec (n :: Bool) where { Nil :: Vec 'False; Cons :: F Int -> Vec b -> Vec 'True }
        pattern Just3 :: a -> Maybe a
        pattern Just3 x <- Just x where Just3 x = Just x
        newtype N = N { unN :: forall a. a -> a }
    """,
    "lib/src/Makers.hs": """
        module Makers where
        import Base (helper)
        import Language.Haskell.TH
        import Language.Haskell.TH.Syntax
        make :: Int -> Q Exp
        make n = lift (helper n)
        embed :: FilePath -> Q Exp
        embed file = do { addDependentFile file; text <- runIO (readFile file); lift text }
    """,
    "lib/text.txt": "text",
}
PROGRAM = """
    {-# LANGUAGE TemplateHaskell #-}
    module Main (main, module Base) where
    import Base
    import Families
    import Included
    import Makers
    import Orphans ()
    import Tied (Tied (Loose))
    import qualified Data.Map as M
    made :: Int
    made = $(make 3)
    text :: String
    text = $(embed "lib/text.txt")
    main :: IO ()
    main = print (paint Red, old, answer, op (1 :: Int), made, text, Red < Green, 1 +++ 2)
      >> print (M.null (M.empty :: M.Map Int Int))
      >> print (up (Point 1 2) == across (Point 3 4), case Loose of { Loose -> name (1 :: Int); _ -> "" })
"""
TARGETS = {
    "lib": ("Base", "Tied", "Included", "Orphans", "Families", "Makers"),
    "app": ("Main",),
}


def lay_out(root: Path) -> None:
    write(root, {**LIBRARY, "app/src/Main.hs": PROGRAM})
    for unit, targets in TARGETS.items():
        folder = ["-hidir", f"{root}/out/{unit}"]
        packages = [part for package in ("base", "template-haskell", "containers") for part in ("-package", package)]
        uses = ["-package-id", "lib-1"] if unit == "app" else []
        search = ["-i", "-isrc", "-Iinclude"]
        head = ["-this-unit-id", f"{unit}-1", "-working-dir", f"{root}/{unit}"]
        arguments = [*head, *packages, *uses, *search, *folder, *targets]
        (root / f"{unit}.unit").write_text(response_file(arguments), "utf-8")


def compile_all(root: Path, ghc: Ghc, *more: str) -> None:
    """Compile both units as thatch does, with more flags."""
    (root / "tmp").mkdir(exist_ok=True)
    # Without a folder of its own for temporary files GHC drops the names of included files below /tmp.
    flags = ["-v1", "-fwrite-if-simplified-core", "-fwrite-interface", "-O0", "-tmpdir", str(root / "tmp"), *more]
    units = [part for unit in TARGETS for part in ("-unit", f"@{root / unit}.unit")]
    done = subprocess.run(
        [ghc.path, "--interactive", "-ignore-dot-ghci", *flags, *units],
        input=":quit\n",
        cwd=root,
        capture_output=True,
        text=True,
        timeout=seconds(120),
    )
    assert "Ok, " in done.stdout, done.stdout + done.stderr


def interfaces(root: Path) -> dict[str, Interface]:
    """All interfaces by `unit:Module`, those of boot files with `[boot]` behind it."""
    paths = [path for path in (root / "out").rglob("*") if path.suffix in {".hi", ".hi-boot"}]
    found = [read_interface(path.read_bytes()) for path in paths]
    boot = {True: "[boot]", False: ""}
    return {f"{entry.module}{boot[entry.kind is model.HscSource.BOOT]}": entry for entry in found}


def show(path: Path, ghc: Ghc) -> str:
    """What `ghc --show-iface` prints."""
    done = subprocess.run(
        [ghc.path, "--show-iface", path], capture_output=True, text=True, check=True, timeout=seconds(60)
    )
    return done.stdout


def theirs(shown: str) -> list[str]:
    """What GHC shows, up to the declarations, without its line breaks; then the hashes of the declarations."""
    front, *rest = re.split(r"^([0-9a-f]{32})$", shown, flags=re.MULTILINE)
    front = front[front.index("interface ") :]
    front = re.sub(r"\n {20,}", " ", front)
    lines = [" ".join(line.split()) for line in front.splitlines()]
    return [*lines, *rest[::2]]


def ours(interface: Interface) -> Iterator[str]:
    """The same from what we read."""
    marks = {model.HscSource.SOURCE: "", model.HscSource.BOOT: "[boot]", model.HscSource.SIGNATURE: "[hsig]"}
    yield words(
        "interface",
        interface.module.name,
        marks[interface.kind],
        "[orphan module]" if interface.has_orphans else "",
        "[family instance module]" if interface.has_family_instances else "",
        interface.version,
    )
    yield f"interface hash: {interface.interface_hash}"
    yield f"ABI hash: {interface.abi_hash}"
    yield f"export-list hash: {interface.export_hash}"
    yield f"orphan hash: {interface.orphan_hash}"
    yield f"flag hash: {interface.flag_hash}"
    yield f"opt_hash: {interface.optimisation_hash}"
    yield f"hpc_hash: {interface.hpc_hash}"
    yield f"plugin_hash: {interface.plugin_hash}"
    yield f"src_hash: {interface.source_hash}"
    yield f"sig of: {'Nothing' if interface.signature_of is None else interface.signature_of}"
    yield f"used TH splices: {interface.used_splices}"
    yield "where"
    yield "exports:"
    yield from (exported(export, interface) for export in interface.exports)
    yield from depends(interface)
    for usage in interface.usages:
        yield from used(usage)
    if interface.fixities:
        pairs = [f"{fix.direction} {fix.precedence} {fix.occ.text}" for fix in interface.fixities]
        yield f"fixities {', '.join(pairs)}"
    yield from (declared.hash for declared in interface.declarations)


def words(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def exported(export: model.Export, interface: Interface) -> str:
    def text(name: model.Name | model.KnownName) -> str:
        if isinstance(name, model.KnownName):
            return f"<{name.key}>"
        prefix = "" if name.module == interface.module else f"{name.module.name}."
        return prefix + name.occ.text

    if export.parts is None:
        return text(export.name)
    rest = [text(part) for part in export.parts if part != export.name] + list(export.fields)
    mark = "" if export.name in export.parts else "|"
    return f"{text(export.name)}{mark}" + (f"{{{' '.join(rest)}}}" if rest else "")


def depends(interface: Interface) -> Iterator[str]:
    direct = interface.dependencies
    modules = [f"{entry.unit}:{entry.name}{' [boot]' if entry.boot else ''}" for entry in direct.modules]
    boot = [f"({entry.unit}, {entry.name}{' {-# SOURCE #-}' if entry.boot else ''})" for entry in direct.boot_modules]
    # GHC prints sets in an order of its own.
    yield words("direct module dependencies:", *modules)
    yield words("boot module dependencies:", *boot)
    yield words("direct package dependencies:", *direct.packages)
    yield words("plugin package dependencies:", *direct.plugin_packages)
    if direct.trusted_packages:
        yield words("trusted package dependencies:", *direct.trusted_packages)
    yield words("orphans:", *(module.name for module in interface.below.orphans))
    yield words("family instance modules:", *(module.name for module in interface.below.family_instances))


def used(usage: model.Usage) -> Iterator[str]:
    safe = {True: "safe", False: "-/"}
    match usage:
        case model.PackageModuleUsage(module, abi_hash, is_safe):
            yield f"import {safe[is_safe]} {module.name} {abi_hash}"
        case model.HomeModuleUsage(module, abi_hash, export_hash, entities, is_safe):
            yield f"import {safe[is_safe]} {module} {abi_hash}"
            if export_hash is not None:
                yield f"exports: {export_hash}"
            yield from (f"{entity.occ.text} {entity.hash}" for entity in entities)
        case model.FileUsage(path, hash_, _):
            yield f'addDependentFile "{path}" {hash_}'
        case model.RequirementUsage(module, abi_hash):
            yield f"merged {module} {abi_hash}"
        case model.HomeInterfaceUsage(module, interface_hash):
            yield f"implementation {module.name} {module.unit} {interface_hash}"


def comparable(lines: list[str]) -> list[str]:
    """Without what the file does not say: names that GHC knows by heart, and versions of units with a bare id."""
    return [_comparable(line) for line in lines]


def _comparable(line: str) -> str:
    if line.startswith("direct package dependencies:"):
        return re.sub(r"-[\d.]+(-inplace)?(?= |$)", "", line)
    return "<Maybe>" if re.match(r"<\d+>|GHC\.(?:Internal\.)?Maybe\.", line) else line


@pytest.fixture
def root(tmp_path: Path, ghc: Ghc) -> Path:
    lay_out(tmp_path)
    compile_all(tmp_path, ghc)
    return tmp_path


def test_a_project(root: Path, ghc: Ghc) -> None:
    paths = [path for path in (root / "out").rglob("*") if path.suffix in {".hi", ".hi-boot"}]
    assert len(paths) == 9
    for path in paths:
        interface = read_interface(path.read_bytes())
        shown = show(path, ghc)
        assert comparable(list(ours(interface))) == comparable(theirs(shown)), path
        assert interface.is_fat == ("extra decls:" in shown)


CORE = re.compile(r"^extra decls:\n(?:  .*\n|\n)*", re.MULTILINE)
FAMILIES = re.compile(r"^family instance modules:.*\n(?: .*\n)*", re.MULTILINE)


@pytest.mark.parametrize("haddock", [(), ("-haddock",)], ids=["plain", "documented"])
def test_an_interface_that_was_cut_down(haddock: tuple[str, ...], tmp_path: Path, ghc: Ghc) -> None:
    """GHC shows the same of it but for the Core and one list, which is shorter."""
    lay_out(tmp_path)
    documented = '-- | A word.\nword :: Int\nword = 1\n{-# RULES "word" [2] word = 1 #-}\n{-# NOINLINE [2] word #-}\n'
    with (tmp_path / "lib/src/Orphans.hs").open("a") as file:
        file.write(documented)
    compile_all(tmp_path, ghc, *haddock)
    n_fat = 0
    lists: set[tuple[str, ...]] = set()
    for path in [*(tmp_path / "out").rglob("*.hi"), *(tmp_path / "out").rglob("*.hi-boot")]:
        fat = path.read_bytes()
        whole = CORE.sub("", show(path, ghc))
        small = tmp_path / f"thin{path.suffix}"
        for units in [set[str](), {"lib-1", "app-1"}][1 if haddock else 0 :]:
            light = without_families(fat, units)
            small.write_bytes(light)
            assert FAMILIES.sub("", show(small, ghc)) == FAMILIES.sub("", show(path, ghc)), path
            small.write_bytes(without_core(light))
            assert FAMILIES.sub("", show(small, ghc)) == FAMILIES.sub("", whole), path
            interface = read_interface(small.read_bytes())
            assert not interface.is_fat
            assert without_core(without_families(small.read_bytes(), units)) == small.read_bytes()
            assert interface.documentation == read_interface(fat).documentation
            below = read_interface(fat).below.family_instances
            assert interface.below.family_instances == tuple(each for each in below if each.unit not in units)
            lists.add(tuple(each.name for each in below if each.unit in units))
        n_fat += small.stat().st_size < len(fat)
    assert n_fat >= 7
    assert ("Families",) in lists


def test_what_a_project_records(root: Path, ghc: Ghc) -> None:
    """The features of the project are in its interfaces, so that comparing them with GHC's words says something."""
    found = interfaces(root)
    main = found["app-1:Main"]
    assert main.used_splices
    ran = {str(usage.module) for usage in main.usages if isinstance(usage, model.HomeInterfaceUsage)}
    assert ran == {"lib-1:Makers", "lib-1:Base"}
    assert "lib/text.txt" in {usage.path for usage in main.usages if isinstance(usage, model.FileUsage)}
    included = {usage.path for usage in found["lib-1:Included"].usages if isinstance(usage, model.FileUsage)}
    assert str(root / "lib/include/answer.h") in included
    assert found["lib-1:Orphans"].has_orphans
    assert found["lib-1:Orphans"].warnings.module == model.WarningText(deprecated=False, lines=("careful",))
    assert [occ.text for occ, _ in found["lib-1:Base"].warnings.names] == ["old"]
    assert found["lib-1:Families"].has_family_instances
    assert found["lib-1:Tied[boot]"].kind is model.HscSource.BOOT
    assert model.HomeModule("lib-1", "Tied", boot=True) in found["lib-1:Knot"].dependencies.modules


def test_usages_are_of_what_is_there(root: Path, ghc: Ghc) -> None:
    """The hashes in usages are those of the interfaces that were used, down to single names."""
    found = interfaces(root)
    n_entities = 0
    for interface in found.values():
        for usage in interface.usages:
            if isinstance(usage, model.HomeInterfaceUsage):
                assert found[str(usage.module)].interface_hash == usage.interface_hash
            if isinstance(usage, model.HomeModuleUsage):
                boot = model.HomeModule(usage.module.unit, usage.module.name, boot=True)
                of_boot = boot in interface.dependencies.modules
                target = found[f"{usage.module}{'[boot]' if of_boot else ''}"]
                assert usage.abi_hash == target.abi_hash
                assert usage.export_hash in {None, target.export_hash}
                assert all(target.still_has(entity) for entity in usage.entities)
                n_entities += len(usage.entities)
    assert n_entities > 15


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("paint Red = 1", "paint Red = 2", {"source_hash", "interface_hash"}),
        ("use paint", "use it no more", {"source_hash", "interface_hash", "abi_hash", "warnings"}),
        ("infixl 6", "infixr 6", {"source_hash", "interface_hash", "abi_hash", "fixities", "declarations"}),
        ("paint, old", "paint", {"source_hash", "interface_hash", "abi_hash", "export_hash", "exports"}),
    ],
    ids=["body", "deprecation", "fixity", "export"],
)
def test_what_hashes_cover(tmp_path: Path, ghc: Ghc, old: str, new: str, changed: set[str]) -> None:
    """The cache rests on what each hash covers, so that it is watched in every GHC."""
    source = tmp_path / "Base.hs"
    write(tmp_path, {"Base.hs": LIBRARY["lib/src/Base.hs"]})
    before = compile_one(source, ghc)
    source.write_text(source.read_text("utf-8").replace(old, new), "utf-8")
    after = compile_one(source, ghc)
    parts = {
        "source_hash", "interface_hash", "abi_hash", "export_hash", "flag_hash", "orphan_hash", "warnings", "exports",
        "declarations", "fixities", "dependencies",
    }  # fmt: skip
    assert {part for part in parts if getattr(before, part) != getattr(after, part)} == changed


def compile_one(source: Path, ghc: Ghc) -> Interface:
    flags = ["-fwrite-if-simplified-core", "-fwrite-interface", "-O0"]
    subprocess.run(
        [ghc.path, "--interactive", "-v0", "-ignore-dot-ghci", *flags, source.name],
        input=":quit\n",
        cwd=source.parent,
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds(60),
    )
    return read_interface(source.with_suffix(".hi").read_bytes())


def library_files(ghc: Ghc) -> list[Path]:
    """The interfaces of GHC's own libraries, of all ways."""
    done = subprocess.run([ghc.path, "--print-libdir"], capture_output=True, text=True, check=True, timeout=seconds(60))
    folder = Path(done.stdout.strip()).parent
    found = sorted(path for path in folder.rglob("*") if path.suffix in {".hi", ".dyn_hi", ".p_hi"})
    assert len(found) > 1000
    return found


def read_all(path: Path) -> None:
    interface = read_interface(path.read_bytes())
    assert interface.module.name == path.stem.rpartition("/")[2] or interface.module.name.endswith(f".{path.stem}")
    assert interface.exports is not None
    assert interface.warnings is not None
    assert interface.below is not None
    assert len(interface.orphan_hash) == 32


def test_libraries(ghc: Ghc) -> None:
    files = library_files(ghc)
    for path in files[::40]:
        read_all(path)
    for path in files[:: len(files) // 6]:
        shown = theirs(show(path, ghc))
        hashes = [line for line in ours(read_interface(path.read_bytes())) if re.match(r"[\w-]+[ _]hash: ", line)]
        assert len(hashes) == 9
        assert hashes == [line for line in shown if re.match(r"[\w-]+[ _]hash: ", line)], path


@pytest.mark.slow
def test_all_libraries(ghc: Ghc) -> None:
    for path in library_files(ghc):
        read_all(path)
