"""Types of `.hie` files as text, against what GHCi says of the same places, and against the types themselves.

Differences that are none of ours are accounted for as follows; each is looked for only where the texts differ.

- GHC writes `~`, `~~` and the word `Constraint` of `() :: Constraint` unlike all other names: sometimes with a module,
  sometimes without.  We always write the first two without, the third like any other name.
- Variables may be called otherwise: a `.hie` file has one type for all that differ in names only, and lacks the kinds
  of free variables, whose names GHC keeps clear of.
- A `.hie` file has one type for all that differ in type synonyms only, such as `String` and `[Char]`, and has the one
  that it met first.  GHC itself then has to prove that both texts are one type.

Places of which GHCi tells several types are not looked at: these are those of code that GHC generates.

What we write differently on purpose is in `Deliberate.hs`, with both texts below.
"""

import re
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, Ghc, require_ghc
from tests.support.ghci_types import (
    Session,
    Told,
    constructors_in,
    in_full,
    open_session,
    renamed,
    shown_types,
)
from tests.support.waiting import seconds
from thatch.core.diagnostics import Span
from thatch.core.hie.facts import ModuleFacts
from thatch.core.hie.model import (
    Application,
    Cast,
    ConstructorApplication,
    ForAll,
    Function,
    Literal,
    Qualified,
    TypeVariable,
)
from thatch.core.hie.spelling import ImportsScope, NameScope, speller
from thatch.core.hie.type_text import type_text
from thatch.core.packages.database import Package, read_packages, visible_packages
from thatch.core.th.imports import read_imports
from thatch.core.th.names import Space
from thatch.core.th.packages import SPACES, InstalledExports, InterfaceExports
from thatch.core.th.scope import ModuleScope, defined_names

SAMPLES = Path(__file__).with_name("type_samples")
HLEDGER = REPOSITORY / ".toolchains" / "sources" / "hledger-lib"
WIDE = 1_000_000

Opened = Callable[[Ghc], Session]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """A session over the samples, one for each GHC."""
    return cache(lambda ghc: open_session(ghc, SAMPLES, tmp_path_factory.mktemp("types")))


@pytest.fixture(scope="module")
def said(opened: Opened) -> Callable[[Ghc], Sequence[Told]]:
    """What GHCi says of all places in the samples."""
    return cache(lambda ghc: opened(ghc).all_types("Forms", "Deliberate", "Imports"))


def as_ours(text: str) -> str:
    """What GHC writes, but for the first difference."""
    return text.replace("GHC.Types.~", "~").replace(":: Constraint", ":: GHC.Types.Constraint")


class Comparison:
    """What GHCi says of places, and what we do."""

    def __init__(self, modules: Mapping[str, ModuleFacts], told: Iterable[Told]) -> None:
        self.same: list[Told] = []
        self.renamed: list[Told] = []
        """Where only names of variables differ."""
        self.different: dict[tuple[str, str], Told] = {}
        """The other pairs of texts, GHC's and ours, each with one of its places."""
        shown = {file: shown_types(facts) for file, facts in modules.items()}
        text = cache(lambda file, index: type_text(modules[file].types, index, in_full, width=WIDE))
        for (file, span), types in by_place(told).items():
            # There are several where GHC has generated code: for `deriving`, and for the selectors of fields.
            if len(types) == 1 and span in shown[file]:
                self._compare(types[0], as_ours(types[0].type), [text(file, index) for index in shown[file][span]])

    def _compare(self, told: Told, text: str, ours: Sequence[str]) -> None:
        if text in ours:
            self.same.append(told)
        elif renamed(text) in map(renamed, ours):
            self.renamed.append(told)
        else:
            self.different.setdefault((text, ours[0]), told)


def by_place(told: Iterable[Told]) -> Mapping[tuple[str, Span], Sequence[Told]]:
    """What GHC says of each place, each type once."""
    found: defaultdict[tuple[str, Span], list[Told]] = defaultdict(list)
    for each in dict.fromkeys(told):
        found[each.file, each.span].append(each)
    return found


@pytest.mark.parametrize("file", ["Forms.hs", "Imports.hs"])
def test_all_forms_of_types(ghc: Ghc, opened: Opened, said: Callable[[Ghc], Sequence[Told]], file: str) -> None:
    session = opened(ghc)
    told = [each for each in said(ghc) if each.file == file]
    comparison = Comparison(session.modules(), told)
    assert {each.span.start_line for each in comparison.renamed} <= set(lines_of(file, "conses"))
    assert len(comparison.same) > 5 * len(comparison.different)
    module = file.removesuffix(".hs")
    assert session.prove_same(list(comparison.different), [module], packages_of(ghc)) == ""
    if file == "Forms.hs":
        assert len(comparison.same) > 200
        nodes = {type(each) for each in session.modules()[file].types}
        assert nodes >= {
            TypeVariable, Application, ConstructorApplication, ForAll, Function, Qualified, Literal, Cast
        }  # fmt: skip


def test_a_wrong_proof_fails(ghc: Ghc, opened: Opened) -> None:
    def refuted(*pairs: tuple[str, str]) -> set[str]:
        said = opened(ghc).prove_same(pairs, [], packages_of(ghc))
        return set(re.findall(r"equation for .[bc](\d)", said))

    wrong = [("GHC.Types.Int", "GHC.Types.Bool"), ("a -> a", "a -> b"), ("a -> b", "a -> a")]
    assert refuted(*wrong, ("GHC.Types.Int", "GHC.Types.Int")) == {"0", "1", "2"}
    assert refuted(("No.T a -> b", "No.T b -> a"), ("No.T", "No.U")) == {"1"}


@pytest.fixture
def deliberate(ghc: Ghc) -> dict[str, tuple[str, str]]:
    """What GHC writes and what we do, without modules."""
    return {
        # Without the forall nobody would know that a type application is needed.
        "ambiguous": ("Show a => Int", "forall a. Show a => Int"),
        # GHC 9.10 forgets the tick.
        "solo": ({"9.6": "Solo Int -> Proxy ('MkSolo 1) -> Int"}.get(ghc.series, "Solo Int -> Proxy (MkSolo 1) -> Int"),
                 "Solo Int -> Proxy ('MkSolo 1) -> Int"),
        # What GHC writes is no Haskell.
        "prefixPromoted": ("Proxy (':|) -> Proxy (':) -> Int", "Proxy '(:|) -> Proxy '(:) -> Int"),
        # It is written to be read.
        "unicode": ('Proxy "\\1078\\1091\\1082\\n" -> Proxy \'\\1078\' -> Int', "Proxy \"жук\\n\" -> Proxy 'ж' -> Int"),
        # GHC 9.6 hides what makes it another type.
        "levityArgument": (
            {"9.6": "(forall a. Int -> a) -> Int"}.get(ghc.series, LEVITY_ARGUMENT), LEVITY_ARGUMENT
        ),
    }  # fmt: skip


LEVITY_ARGUMENT = "(forall (r :: RuntimeRep) (a :: TYPE r). Int -> a) -> Int"


def test_what_differs_on_purpose(
    ghc: Ghc, opened: Opened, said: Callable[[Ghc], Sequence[Told]], deliberate: dict[str, tuple[str, str]]
) -> None:
    module = opened(ghc).modules()["Deliberate.hs"]
    told = {(each.span.start_line, each.span.start_column): each for each in said(ghc) if each.file == "Deliberate.hs"}
    for name, texts in deliberate.items():
        binding = told[lines_of("Deliberate.hs", name)[1], 1]
        ours = type_text(module.types, shown_types(module)[binding.span][0], in_full, width=WIDE)
        assert (bare(binding.type), bare(ours)) == texts


def bare(text: str) -> str:
    return re.sub(r"\b(?:[A-Z]\w*\.)+(?=[A-Z:])", "", text)


def lines_of(file: str, name: str) -> list[int]:
    """The numbers of the lines that a name begins: its signature and its definition."""
    lines = (SAMPLES / file).read_text("utf-8").split("\n")
    return [number for number, line in enumerate(lines, 1) if re.match(rf"{name}\b", line)]


# What is printed is read by GHC as the same type.

KIND_CHECKED = {
    "families": "a type family hides what its variables are",
    "multiplicity": "a type family hides what its variables are",
    "kindsAsTypes": "a variable of representation, which is hidden",
    "levity": "a variable of representation, which is hidden",
}
"""What is no signature of the same thing for GHC, although it may well be a type."""


def test_printed_signatures_are_read_as_the_same_types(
    ghc: Ghc, opened: Opened, said: Callable[[Ghc], Sequence[Told]], tmp_path: Path
) -> None:
    session = opened(ghc)
    assert said(ghc)
    module = session.modules()["Forms.hs"]
    shown = shown_types(module)
    text = (SAMPLES / "Forms.hs").read_text("utf-8")
    spell = speller(scope_of(session, "Forms", text))
    lines = []
    n_checked = 0
    for name, signature, line in signatures(text, ghc):
        (index,) = shown[Span(line, 1, line, 1 + len(name))]
        for width in (30, WIDE):
            printed = type_text(module.types, index, spell, width=width, linear=True).replace("\n", "\n  ")
            n_checked += 1
            lines.append(f"checked{n_checked} :: {printed}")
            if name in KIND_CHECKED:
                lines += [f"checked{n_checked} = undefined"]
            else:
                lines += [f"checked{n_checked} = {name}", f"back{n_checked} :: {signature}"]
                lines += [f"back{n_checked} = checked{n_checked}"]
    assert n_checked > 80
    (tmp_path / "Forms.hs").write_text("\n".join([text, *lines, ""]), "utf-8")
    command = [ghc.path, "-v0", "-fno-code", "-package-env", "-", "Forms.hs"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=seconds(60), check=False)
    assert done.stderr == ""


def signatures(text: str, ghc: Ghc) -> Iterator[tuple[str, str, int]]:
    """The names with signatures at the top level, their types, and the lines where they are defined."""
    lines = text.split("\n")
    skipped = "#if __GLASGOW_HASKELL__ < 909" if ghc.series == "9.10" else "#if __GLASGOW_HASKELL__ >= 909"
    skipping = False
    for number, (line, _) in enumerate(pairwise(lines)):
        skipping = line == skipped or (skipping and line != "#endif")
        found = re.match(r"([a-z]\w*)(?: :: (.*))?$", line)
        if found is None or skipping:
            continue
        name = found[1]
        defined = next(at for at in range(number + 1, len(lines)) if re.match(rf"{name}\b", lines[at]))
        signature = found[2] or " ".join(lines[number + 1 : defined]).strip().removeprefix(":: ")
        yield name, signature, defined + 1


# Names as they are in scope.


def scope_of(session: Session, module: str, text: str) -> ModuleScope:
    packages = packages_of(session.ghc)
    exports = InterfaceExports(InstalledExports(packages, session.known), visible_packages(packages, ()))
    return ModuleScope(module, read_imports(text), exports, defined_names(text))


@cache
def packages_of(ghc: Ghc) -> Mapping[str, Package]:
    libdir = subprocess.run([ghc.path, "--print-libdir"], capture_output=True, text=True, check=True).stdout.strip()
    return read_packages([Path(libdir) / "package.conf.d"])


class LikeGhc:
    """What is not in scope gets the module that defines it, as GHC has it, but for names that GHC never qualifies."""

    def __init__(self, scope: NameScope) -> None:
        self._scope = scope

    def qualifier(self, occ: str, module: str, space: Space) -> str | None:
        found = self._scope.qualifier(occ, module, space)
        return module if found is None and occ not in {"Type", "Constraint"} else found


def test_names_are_spelled_as_ghci_spells_them(ghc: Ghc, opened: Opened, said: Callable[[Ghc], Sequence[Told]]) -> None:
    session = opened(ghc)
    text = (SAMPLES / "Imports.hs").read_text("utf-8")
    places = [place for place in by_place(said(ghc)) if place[0] == "Imports.hs"]
    told = session.type_at("Imports", places)
    module = session.modules()["Imports.hs"]
    shown = shown_types(module)
    spell = speller(LikeGhc(scope_of(session, "Imports", text)))
    n_same = 0
    for (_, span), type_ in zip(places, told, strict=True):
        if span in shown:
            assert type_text(module.types, shown[span][0], spell, width=WIDE) == type_
            n_same += 1
    assert n_same > 40
    spelled = {word for type_ in told for word in re.findall(r"[\w.]*\w", type_)}
    assert spelled >= {
        "Imports.Maybe", "Imports.Either", "P.Maybe", "P.Either", "Set", "M.Map", "NonEmpty", "Mo.Sum", "Product",
        "IORef", "P.Ordering", "P.Word", "Data.Tree.Tree",
    }  # fmt: skip
    assert any(word.endswith("Data.Functor.Identity.Identity") for word in spelled)


# A real package.


@pytest.mark.slow
def test_a_real_package(tmp_path: Path) -> None:
    ghc = require_ghc("9.6")
    session = open_session(ghc, HLEDGER, tmp_path)
    told = session.all_types("Hledger.Data.Transaction")
    modules = session.modules()
    comparison = Comparison(modules, told)
    assert comparison.renamed == []
    assert len(comparison.same) > 12_000
    home = sorted(path.removesuffix(".hs").removeprefix("./").replace("/", ".") for path in modules)
    assert session.prove_same(list(comparison.different), home, packages_of(ghc)) == ""
    spelled = [each for facts in modules.values() for each in spelled_twice(session, facts)]
    assert len(spelled) > 500
    # By their imports alone nearly all names are spelled as they should be.
    assert sum(exact == guessed for exact, guessed in spelled) > 0.97 * len(spelled)


def spelled_twice(session: Session, facts: ModuleFacts) -> Iterator[tuple[str, str]]:
    """The names in a module's types that are in scope, by what imports bring and by imports alone."""
    exact = scope_of(session, facts.module.name, facts.text)
    guessed = speller(ImportsScope(facts.module.name, read_imports(facts.text)))
    for name in constructors_in(facts.types):
        space = SPACES.get(name.occ.namespace, Space.TYPE)
        qualifier = exact.qualifier(name.occ.text, name.module.name, space)
        if qualifier is not None:
            yield ".".join(filter(None, [qualifier, name.occ.text])), guessed(name)
