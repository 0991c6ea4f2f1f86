"""What interfaces declare, read from samples and shown; damage gives `DecodeError`, and never much of anything.

The samples were made by GHC 9.6.6 and 9.10.3 from `declared/Declared.hs`:
`ghc --interactive -fwrite-interface -this-unit-id sample-1 Declared`.
"""

import random
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.goldens import Golden
from thatch.core.binary.cursor import DecodeError
from thatch.core.hi import declared
from thatch.core.hi.declarations import Declarations, read_declarations
from thatch.core.hi.declared_text import declared_text
from thatch.core.hi.model import KnownName, ModuleId, Namespace, OccName
from thatch.core.hi.reader import read_interface
from thatch.core.hie.model import ExternalName, Name
from thatch.core.th.derive import parse_known_names

SAMPLES = Path(__file__).parent / "declared"
SHAPES = Path(__file__).parent / "samples"
SERIES = ("9.6", "9.10")
MOST_BYTES = 20_000_000
"""What reading all of a sample of 17 kB, damaged or not, may allocate at most."""


def declarations(series: str, data: bytes | None = None) -> Declarations:
    known = parse_known_names((SAMPLES / f"known-{series}.txt").read_text("utf-8"))
    return read_declarations(read_interface(data or (SAMPLES / f"{series}.hi").read_bytes()), known)


def bare(name: Name) -> str:
    return "_" if isinstance(name, KnownName) else name.occ.text


def texts(found: Declarations, width: int = 80) -> Iterator[str]:
    for name in sorted(found.names(), key=lambda name: (name.occ.text, name.occ.namespace.value, name.occ.parent)):
        one = found.find_name(name)
        assert one is not None
        assert one.name == name
        if not name.occ.text.startswith("$"):
            yield declared_text(one, bare, width=width)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    return Golden(SAMPLES, request.config.getoption("--update"))


@pytest.mark.parametrize("series", SERIES)
def test_everything_as_text(series: str, golden: Golden) -> None:
    golden.check(f"{series}.txt", "\n\n".join(texts(declarations(series))) + "\n")


@pytest.mark.parametrize("series", SERIES)
def test_names_are_found_in_their_namespace(series: str) -> None:
    found = declarations(series)
    plain = found.find("Plain", Namespace.TYPE)
    assert isinstance(plain, declared.DataType)
    assert found.find("Plain", Namespace.CONSTRUCTOR) is None
    assert found.find("No", Namespace.TYPE) is None
    first = found.find("First", Namespace.CONSTRUCTOR)
    assert isinstance(first, declared.Constructor)
    assert first == plain.constructors[0]
    assert first.parent == plain.name
    method = found.find("method", Namespace.VARIABLE)
    assert isinstance(method, declared.Method)
    assert method.parent == ExternalName(ModuleId("sample-1", "Declared"), OccName("Big", Namespace.TYPE), None, "")
    family = found.find("Assoc", Namespace.TYPE)
    assert isinstance(family, declared.Family)
    assert family.parent == method.parent
    assert found.find("Viewed", Namespace.TYPE) is None
    assert isinstance(found.find("Viewed", Namespace.CONSTRUCTOR), declared.PatternSynonym)


@pytest.mark.parametrize("series", SERIES)
def test_fields(series: str) -> None:
    """A field is found by its label, as a variable too; the first constructor tells those of one label apart."""
    found = declarations(series)
    for namespace in (Namespace.VARIABLE, Namespace.FIELD):
        field = found.find("unFix", namespace)
        assert isinstance(field, declared.Value)
        assert field.parent is not None
        assert field.parent.occ.text == "Fix"
    same = [found.find("same", Namespace.FIELD, parent) for parent in ("Same1", "Same2", "Same3")]
    assert [each and declared_text(each, bare) for each in same] == [
        "same :: Same1 -> Int",
        "same :: Same2 -> Char",
        None,
    ]
    assert found.find("same", Namespace.FIELD) == same[0]
    module = ModuleId("elsewhere", "Declared")
    written = OccName("same", Namespace.FIELD, "Same2")
    selector = OccName("$sel:same:Same2", Namespace.VARIABLE)
    assert found.find_name(ExternalName(module, written, None, "")) == same[1]
    assert found.find_name(ExternalName(module, selector, None, "")) == same[1]
    assert found.find_name(ExternalName(ModuleId("sample-1", "Other"), written, None, "")) is None
    hidden = found.find("hidden", Namespace.FIELD)
    assert hidden is not None
    assert declared_text(hidden, bare) == "hidden :: ..."
    point = found.find("px", Namespace.FIELD)
    assert point is not None
    assert point.parent is not None
    assert point.parent.occ == OccName("Point", Namespace.CONSTRUCTOR)


@pytest.mark.parametrize("series", SERIES)
def test_parts_that_are_not_shown(series: str) -> None:
    found = declarations(series)

    def text(name: str, *shown: str) -> str:
        one = found.find(name, Namespace.TYPE)
        assert one is not None
        return declared_text(one, bare, shown=shown.__contains__).partition("\n")[2]

    some = "data Plain a b\n  = ...\n  | !a `Infix` !(Maybe b)\n  | Record {..., two :: !(Maybe b), ...}"
    assert text("Plain", "Infix", "Record", "two") == some
    assert text("Plain") == "data Plain a b = ..."
    assert text("Fix") == "newtype Fix f = ..."
    assert text("Gadt", "Pair") == "data Gadt a b where\n  ...\n  Pair :: !a1 -> !(Gadt b1 b) -> Gadt (a1, b1) b\n  ..."
    assert text("Void") == "data Void"
    big = "class (Show a, forall x. Eq x => Eq (f x)) => Big a f | a -> f, f -> a where\n"
    assert text("Big", "method") == f"{big}  ...\n  method :: a -> f a\n  ..."
    assert text("Big", "NoDefault") == f"{big}  ...\n  type NoDefault f :: Type -> Type\n  ..."


@pytest.mark.parametrize("series", SERIES)
def test_boot_files(series: str) -> None:
    boot = read_declarations(read_interface((SHAPES / series / "Tied.hi-boot").read_bytes()), {})
    tied = boot.find("Tied", Namespace.TYPE)
    assert isinstance(tied, declared.DataType)
    assert tied.constructors == ()
    assert declared_text(tied, bare) == "type Tied :: _\ndata Tied"


@pytest.mark.parametrize("series", SERIES)
def test_names_that_only_ghc_knows(series: str) -> None:
    """Without the table of such names all is found that has an ordinary name."""
    unknown = read_declarations(read_interface((SAMPLES / f"{series}.hi").read_bytes()), {})
    assert [name.occ for name in unknown.names()] == [name.occ for name in declarations(series).names()]
    assert all("_" in text or "::" in text for text in texts(unknown))
    first = unknown.find("First", Namespace.CONSTRUCTOR)
    assert first is not None
    assert declared_text(first, bare) == "First :: a -> b -> Plain a b"


def damaged(series: str, n_samples: int) -> Iterator[bytes]:
    """A sample with damage in its body."""
    chance = random.Random(n_samples)
    data = (SAMPLES / f"{series}.hi").read_bytes()
    for _ in range(n_samples):
        changed = bytearray(data)
        for _ in range(chance.choice((1, 1, 3, 30))):
            place = chance.randrange(200, len(data))
            changed[place] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, changed[place] ^ 1 << chance.randrange(8)))
        yield bytes(changed)


def n_shown(series: str, data: bytes) -> tuple[int, int]:
    """How many declarations can be shown, and how many are damaged."""
    n_texts = n_errors = 0
    try:
        found = declarations(series, data)
        for name in list(found.names()):
            try:
                one = found.find_name(name)
            except DecodeError:
                n_errors += 1
            else:
                n_texts += one is not None and bool(declared_text(one, bare))
    except DecodeError:
        n_errors += 1
    return n_texts, n_errors


@pytest.mark.parametrize("series", SERIES)
def test_damage(series: str) -> None:
    """Damage anywhere in the body gives `DecodeError`, or something that can be shown."""
    found = [n_shown(series, data) for data in damaged(series, 60)]
    assert sum(n_errors for _, n_errors in found) > 30
    assert sum(n_texts for n_texts, _ in found) > 1000


@pytest.mark.parametrize("series", SERIES)
def test_damage_takes_no_memory(series: str) -> None:
    for data in damaged(series, 5):
        tracemalloc.start()
        n_shown(series, data)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < MOST_BYTES
