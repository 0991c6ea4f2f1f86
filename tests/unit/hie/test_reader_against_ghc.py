"""Our reader of `.hie` files against what GHC itself prints of the same trees (`-ddump-hie`)."""

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import Ghc, require_ghc
from tests.support.waiting import seconds
from thatch.core.binary.cursor import DecodeError
from thatch.core.diagnostics import Span
from thatch.core.hi.model import KnownName
from thatch.core.hie.file import HieFile
from thatch.core.hie.model import ConstructorApplication, Identifier, NodeInfo
from thatch.core.hie.reader import UnknownHieError, read_hie

SOURCE = """\
{-# LANGUAGE DataKinds, PatternSynonyms, RecordWildCards, ScopedTypeVariables, TemplateHaskell, TypeFamilies #-}
{-# LANGUAGE UnboxedTuples #-}
module A (module A, length) where
import Data.List (sortBy)
import qualified Data.Map as M hiding (foldr)
import GHC.TypeLits (KnownNat, natVal, Symbol)
import Data.Proxy
data R = R { fieldA :: Int, fieldB :: [Bool] } deriving (Eq, Show)
class C a where { meth :: a -> Int; meth _ = 1 }
instance C R where meth R{..} = fieldA
type family F a where F Int = Bool
pattern P :: Int -> Maybe Int
pattern P x = Just x
f :: forall a. (Ord a, Show a) => [a] -> M.Map a Int
f xs = M.fromList (zip ys [0 ..]) where ys :: [a]
                                        ys = sortBy compare xs
g :: Maybe Int -> (# Int, Bool #) -> Int
g (P 3) _ = let y = 1 + 2 in y
g _ (# n, True #) | n > 3, Just z <- Just n = z
g _ _ = $( [| 1 |] )
h :: (Proxy "symbol", Proxy 3, Proxy 'x', Proxy '[ 'True ]) -> Integer
h _ = natVal (Proxy :: Proxy 123456789012345678901234567890)
"""


def written(ghc: Path, folder: Path) -> tuple[bytes, str]:
    """The `.hie` file of the source above, and what GHC prints of it."""
    (folder / "A.hs").write_text(SOURCE)
    command = [ghc, "-fno-code", "-fwrite-ide-info", "-ddump-hie", "-hiedir", folder, "A.hs"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=True, text=True, timeout=seconds(60))
    return (folder / "A.hie").read_bytes(), done.stdout


PRINTED = re.compile(
    r"Node@A\.hs:(?:(?P<line>\d+):(?P<from>\d+)(?:-(?P<to>\d+))?|\((\d+),(\d+)\)-\((\d+),(\d+)\)): Source"
)


def printed_span(found: re.Match[str]) -> Span:
    """The span that GHC prints with an inclusive end, unless it is empty."""
    if found["line"] is None:
        return Span(int(found[4]), int(found[5]), int(found[6]), int(found[7]) + 1)
    line, start = int(found["line"]), int(found["from"])
    return Span(line, start, line, int(found["to"] or start) + 1)


def text_of(identifier: Identifier) -> str:
    name = identifier.name
    if isinstance(name, str | KnownName):
        return ""
    return name.occ.text


def test_the_same_trees(ghc: Ghc, tmp_path: Path) -> None:
    data, printed = written(ghc.path, tmp_path)
    hie = read_hie(data)
    assert (hie.path, str(hie.module), hie.version[: len(ghc.series)]) == ("A.hs", "main:A", ghc.series)
    assert hie.source.decode() == SOURCE
    (tree,) = hie.trees.values()
    assert tree is hie.tree
    places = list(PRINTED.finditer(printed))
    spans = [printed_span(place) for place in places]
    # GHC prints an empty span like one of a single character.
    assert [widened(tree.span(node)) for node in range(len(tree))] == [widened(span) for span in spans]
    ends = [*(place.start() for place in places[1:]), len(printed)]
    for node, (place, end) in enumerate(zip(places, ends, strict=True)):
        compare(tree.infos(node), " ".join(printed[place.end() : end].split()))
    assert all(name.key[1:].isdigit() for name in hie.names if isinstance(name, KnownName))
    tuples = {(one.sort, one.arity) for one in hie.types if isinstance(one, ConstructorApplication)}
    assert tuples >= {("", 0), ("tuple", 2), ("tuple", 4), ("unboxed tuple", 2)}


def widened(span: Span) -> Span:
    empty = (span.start_line, span.start_column) == (span.end_line, span.end_column)
    return Span(span.start_line, span.start_column, span.end_line, span.end_column + 1) if empty else span


def compare(infos: tuple[NodeInfo, ...], text: str) -> None:
    """What we read of one node, and what GHC prints of it."""
    said = re.findall(r"\(annotations: \{(.*?)\}\), \(types: \[(.*?)\]\)", text)
    assert len(said) == len(infos)
    for info, (annotations, types) in zip(infos, said, strict=True):
        assert re.findall(r"\((\w+), (\w+)\)", annotations) == list(info.annotations)
        assert [int(one) for one in types.split(",") if one] == list(info.types)
    identifiers = [identifier for info in infos for identifier in info.identifiers]
    names = re.findall(r"\((?:name|module) (\S+), Details: (?:(?:Just )?(\d+)|Nothing)", text)
    assert [kind for _, kind in names] == ["" if one.type is None else str(one.type) for one in identifiers]
    for (name, _), identifier in zip(names, identifiers, strict=True):
        if isinstance(identifier.name, str):
            assert name == identifier.name
        elif ours := text_of(identifier):
            assert name.split(".")[-1].startswith(ours) or ours in name
    counted = sum(len(one.contexts) for one in identifiers)
    assert counted == len(re.findall(CONTEXTS, text))


CONTEXTS = (
    r"\busage\b(?! of)|LHS of a match group|\bimport(?: as| hiding)?(?=[,}])|\bexport\b|bound in a type signature decl"
    r"|value bound with scope|bound in a pattern with scope|bound in a class type|declaration of"
    r"|type variable binding|record field|evidence variable bound|usage of evidence"
)


@pytest.fixture(scope="module")
def hie(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return written(require_ghc("9.6").path, tmp_path_factory.mktemp("hie"))[0]


def test_other_files_are_refused(hie: bytes) -> None:
    with pytest.raises(UnknownHieError, match=r"not 9\.4\.8"):
        read_hie(hie.replace(b"\n9.6.6\n", b"\n9.4.8\n", 1))
    for data in (b"", b"HIE", b"not a file", b"HIE9066\n9.6.6\n", hie[:200]):
        with pytest.raises(DecodeError):
            read_hie(data)


@settings(max_examples=300)
@given(st.data())
def test_damage_is_one_kind_of_error(hie: bytes, data: st.DataObject) -> None:
    broken = bytearray(hie)
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    del broken[data.draw(st.integers(len(broken) // 2, len(broken))) :]
    try:
        found = read_hie(bytes(broken))
    except DecodeError:
        return
    assert isinstance(found, HieFile)
