"""What interfaces declare is what GHC says of it: `:browse`, `:type` and `:kind` of GHCi, `ghc --show-iface`."""

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile
from pathlib import Path

import pytest

from tests.conftest import Ghc
from tests.support.ghc_declarations import (
    PRINTING,
    WIDE,
    Library,
    bare,
    browsed_items,
    ghci,
    library,
    ours,
    same_type,
    theirs,
    without_forall,
    without_qualifiers,
)
from tests.support.waiting import seconds
from thatch.core.ghc.toolchain import probe
from thatch.core.hi.declarations import read_declarations
from thatch.core.hi.declared import PatternSynonym, Value
from thatch.core.hi.declared_text import declared_text
from thatch.core.hi.model import KnownName, ModuleId, Namespace
from thatch.core.hi.reader import Interface, read_interface
from thatch.core.hie.model import ExternalName, Name
from thatch.core.hie.type_text import type_text
from thatch.core.th.derive import known_names, wired_in
from thatch.core.th.names import is_operator

PACKAGES = ("base", "containers", "template-haskell", "text", "bytestring", "mtl", "transformers", "time")
MORE_PACKAGES = {"9.6": ("aeson", "megaparsec", "vector"), "9.10": ("ghc-internal",)}


def modules(ghc: Ghc, step: int) -> list[ModuleId]:
    """Modules of libraries; each of the `step`-th in the alphabet."""
    return library(ghc.path).exposed((*PACKAGES, *MORE_PACKAGES[ghc.series]))[::step]


def test_exported_names_as_browse_has_them(ghc: Ghc) -> None:
    check_browse(ghc, modules(ghc, 6))


@pytest.mark.slow
def test_all_exported_names_as_browse_has_them(ghc: Ghc) -> None:
    check_browse(ghc, modules(ghc, 1))


def check_browse(ghc: Ghc, wanted: Sequence[ModuleId]) -> None:
    assert len(wanted) > 70
    answers = ghci(ghc.path, (*PACKAGES, *MORE_PACKAGES[ghc.series]), [f":browse {module.name}" for module in wanted])
    n_same = 0
    different = {}
    for module, answer in zip(wanted, answers, strict=True):
        said = Counter(theirs(without_qualifiers(each)) for each in browsed_items(answer))
        told = Counter(map(ours, library(ghc.path).browsed(module)))
        # GHC does not tell which variables must be chosen.
        if Counter(map(without_forall, told - said)) != said - told:
            different[module.name] = [*(told - said), "GHC:", *(said - told)]
        n_same += (told & said).total()
    assert different == {}
    assert n_same > 20 * len(wanted)


def test_types_and_kinds(ghc: Ghc) -> None:
    wanted = modules(ghc, 8)
    lib = library(ghc.path)
    asked = {name: module for module in wanted for name in exported(lib, module)}
    commands = [question(name, module) for name, module in asked.items()]
    imports = [f"import qualified {module.name}" for module in wanted]
    extensions = ("-XMagicHash", "-XUnboxedTuples", "-XTypeOperators", "-XDataKinds", "-XPatternSynonyms", "-w")
    packages = (*PACKAGES, *MORE_PACKAGES[ghc.series])
    answers = ghci(ghc.path, packages, [*imports, *commands], *extensions)[len(imports) :]
    kinds = Counter(type(lib.declared(name)).__name__ for name in asked)
    for name, answer in zip(asked, answers, strict=True):
        declared = lib.declared(name)
        _, _, said = without_qualifiers(answer).strip().partition(" :: ")
        told = type_text(declared.types, declared.type, bare, width=WIDE)
        # GHCi solves this constraint, as it does for everyone who asks for no call stack.
        told = told.removeprefix("HasCallStack => ")
        if not said:
            # A field that cannot be selected, or a pattern that is no expression.
            assert told == "..." or isinstance(declared, PatternSynonym), name
        else:
            assert same_type(told, said.removeprefix("HasCallStack => ")), name
    assert kinds["Constructor"] > 100
    assert kinds["Method"] > 50
    assert kinds["Value"] > 1000
    assert kinds["Class"] + kinds["DataType"] + kinds["Synonym"] > 200


def exported(lib: Library, module: ModuleId) -> Iterator[ExternalName]:
    for head, itself, parts in lib.exports(module):
        yield from ([head] if itself else [])
        yield from parts


def question(name: ExternalName, module: ModuleId) -> str:
    text = f"{module.name}.{name.occ.text}"
    command = ":kind" if name.occ.namespace is Namespace.TYPE else ":type"
    return f"{command} ({text})" if is_operator(name.occ.text) else f"{command} {text}"


async def test_what_is_wired_in_is_kept(ghc: Ghc, tmp_path: Path) -> None:
    """No interface of a library declares `Maybe`, so that GHC is asked once for one that does."""
    toolchain = await probe(ghc.path)
    known = await known_names(toolchain, tmp_path)
    kept = tmp_path / f"wired-in-{toolchain.id}.hi"
    shown = {
        "Maybe": "type Maybe :: Type -> Type\ndata Maybe a = Nothing | Just a",
        "String": "type String :: Type\ntype String = [Char]",
        "Type": "type Type :: Type\ntype Type = TYPE LiftedRep",
        "CmpNat": "type CmpNat :: Natural -> Natural -> Ordering\ntype family CmpNat a b",
    }
    for _ in range(2):
        interface = await wired_in(toolchain, tmp_path)
        assert interface is not None
        found = read_declarations(interface, known)
        declared = {name: found.find(name, Namespace.TYPE) for name in shown}
        assert {name: one and declared_text(one, bare) for name, one in declared.items()} == shown
        seq = found.find("seq", Namespace.VARIABLE)
        assert seq and declared_text(seq, bare) == "seq :: a -> b -> b"
        # Damaged, it is made again.
        assert kept.stat().st_size > 10_000
        kept.write_bytes(kept.read_bytes()[:5000])


SAMPLE = Path(__file__).parent.parent / "unit/hi/declared/Declared.hs"
LIBRARIES = frozenset(
    """Data.Functor.Compose Data.Type.Equality Data.Type.Ord Data.Typeable.Internal GHC.Generics GHC.IO.Handle.Types
    GHC.TypeLits""".split()
)
HIDDEN = re.compile(r"\b(?:RuntimeRep|Levity|Multiplicity|LiftedRep|Many)\b|~~|~R?#|\.\.\.|\(\?\)")
"""What only `--show-iface` tells: variables that GHCi takes for known, which of the equalities it is, what is too long,
a tuple of one constraint.

`test_types_and_kinds` looks at what users see instead.
"""


def test_sample_as_show_iface_has_it(ghc: Ghc, tmp_path: Path) -> None:
    shutil.copy(SAMPLE, tmp_path)
    flags = ["-fwrite-if-simplified-core", "-fwrite-interface", "-O0", "-haddock", "-ignore-dot-ghci", "-v0"]
    command = [str(ghc.path), "--interactive", *flags, SAMPLE.name]
    subprocess.run(command, input=":quit\n", cwd=tmp_path, text=True, check=True, timeout=seconds(60))
    assert check_shown(ghc, [tmp_path / "Declared.hi"]) > 100


def test_libraries_as_show_iface_has_them(ghc: Ghc) -> None:
    wanted = {path for module, path in library(ghc.path).interfaces.items() if is_wanted(module)}
    assert len(wanted) >= len(LIBRARIES)
    assert check_shown(ghc, sorted(wanted)) > 2000


def is_wanted(module: ModuleId) -> bool:
    """GHC 9.10 has moved much of its base to modules of other names."""
    return (
        module.name.replace("GHC.Internal.", "GHC.") in LIBRARIES
        or module.name.replace("GHC.Internal.", "") in LIBRARIES
    )


@pytest.mark.slow
def test_more_libraries_as_show_iface_has_them(ghc: Ghc) -> None:
    """Those of GHC itself are among them; each twentieth file, since GHC takes half a second for one."""
    assert check_shown(ghc, sorted(set(library(ghc.path).interfaces.values()))[::20]) > 5000


def check_shown(ghc: Ghc, paths: Sequence[Path]) -> int:
    """Compare the declarations of interfaces; how many were the same."""
    n_same = n_hidden = 0
    for path in paths:
        command = [str(ghc.path), *PRINTING, "--show-iface", str(path)]
        shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds(60)).stdout
        for told, said in both(ghc, read_interface(path.read_bytes()), shown):
            if told == said or without_forall(told) == said:
                n_same += 1
            else:
                assert HIDDEN.search(f"{told} :: {said}"), (path, told, said)
                n_hidden += 1
    assert n_hidden < 10 + n_same / 50
    return n_same


def both(ghc: Ghc, interface: Interface, shown: str) -> Iterator[tuple[str, str]]:
    """Our texts of all declarations of an interface, and GHC's, in the common form."""
    lib = library(ghc.path)
    declarations = read_declarations(interface, lib.known)
    pieces = re.split(r"^([0-9a-f]{32})$", shown, flags=re.MULTILINE)
    assert pieces[1::2] == [each.hash for each in interface.declarations]
    for each, block in zip(interface.declarations, pieces[2::2], strict=True):
        lines = [line[2:] for line in takewhile(lambda line: line.startswith("  "), block.strip("\n").split("\n"))]
        if lines[0].startswith("axiom "):
            continue
        if isinstance(each.name, KnownName) and each.name.key not in lib.known:
            # The tuples of constraints, which nobody can name.
            continue
        declared = declarations.find_name(lib.named(each.name))
        assert declared is not None, each.name
        told = declared_text(declared, qualified(interface.module.name), width=WIDE, linear=True)
        if isinstance(declared, Value):
            # The name of what GHC made up may look like an operator, and the lines behind tell of its code.
            yield in_common(told.partition(" :: ")[2]), in_common(lines[0].partition(" :: ")[2])
        else:
            yield in_common(ours(told)), in_common("\n".join(lines))


def in_common(text: str) -> str:
    """GHC's text of a declaration in an interface in the common form."""
    text = re.sub(r"^ *(open|closed, abstract|axiom .*)$", "", text, flags=re.MULTILINE)
    text = re.sub(r" (open|data)$", "", text, flags=re.MULTILINE)
    # Some names are syntax for us and for GHCi, or for GHC but not always.
    text = text.replace("GHC.Types.~", "~").replace(":: Constraint", ":: GHC.Types.Constraint")
    return theirs(re.sub(r"GHC\.Tuple\.(Prim\.)?", "", text))


def qualified(module: str) -> Callable[[Name], str]:
    """How `--show-iface` spells names."""

    def spell(name: Name) -> str:
        if not isinstance(name, ExternalName) or name.module.name == module:
            return bare(name)
        return f"{name.module.name}.{name.occ.text}"

    return spell
