"""Interfaces are read as they were written, for every layout; damage gives `DecodeError` or a value, never more.

The samples were made by GHC 9.6.6 and 9.10.3 from the modules of `samples/src`, in a session as thatch runs it:
`ghc --interactive -fwrite-interface -fwrite-if-simplified-core -this-unit-id sample-1 -isrc Shapes Tied Orphans`,
and in one of its own `Spoken`.
"""

import random
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.ghc_encode import Front, encode
from thatch.core.binary.cursor import DecodeError
from thatch.core.hi import model
from thatch.core.hi.reader import Interface, read_interface
from thatch.core.hi.versions import UnknownInterfaceError

SAMPLES = Path(__file__).parent / "samples"
FILES = sorted(path.relative_to(SAMPLES).as_posix() for path in SAMPLES.glob("9.*/*"))
N_DAMAGED = 50
MOST_BYTES = 20_000_000
"""What reading a sample of 11 kB, damaged or not, may allocate at most."""

HASHES = st.integers(0, 2**128 - 1).map("{:032x}".format)
TEXTS = st.text(max_size=8)
MODULES = st.builds(model.ModuleId, TEXTS, TEXTS)
HOME = st.builds(model.HomeModule, TEXTS, TEXTS, st.booleans())


def occs(series: str) -> st.SearchStrategy[model.OccName]:
    plain = [space for space in model.Namespace if space is not model.Namespace.FIELD]
    ordinary = st.builds(model.OccName, TEXTS, st.sampled_from(plain))
    fields = st.builds(model.OccName, TEXTS, st.just(model.Namespace.FIELD), TEXTS)
    return ordinary if series == "9.6" else ordinary | fields


def exports(series: str) -> st.SearchStrategy[model.Export]:
    known = st.builds(lambda tag, key: model.KnownName(f"{chr(tag)}{key}"), st.integers(0, 255), st.integers(0, 99))
    names = st.builds(model.Name, MODULES, occs(series)) | known
    labels = lists(st.text(min_size=1, max_size=8)) if series == "9.6" else st.just(())
    return st.builds(model.Export, names) | st.builds(model.Export, names, lists(names), labels)


def usages(series: str) -> st.SearchStrategy[model.Usage]:
    entities = lists(st.builds(model.Entity, occs(series), HASHES))
    return st.one_of(
        st.builds(model.PackageModuleUsage, MODULES, HASHES, st.booleans()),
        st.builds(model.HomeModuleUsage, MODULES, HASHES, st.none() | HASHES, entities, st.booleans()),
        st.builds(model.FileUsage, TEXTS, HASHES, st.none() | TEXTS),
        st.builds(model.RequirementUsage, MODULES, HASHES),
        st.builds(model.HomeInterfaceUsage, MODULES, HASHES),
    )


def lists(items: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(items, max_size=4).map(tuple)


def fronts(series: str) -> st.SearchStrategy[Front]:
    directions = st.sampled_from(["infixl", "infixr", "infix"])
    texts = lists(TEXTS)
    return st.builds(
        Front,
        way=TEXTS,
        module=MODULES,
        signature_of=st.none() | MODULES,
        kind=st.sampled_from(model.HscSource),
        hashes=st.tuples(*[HASHES] * 8),
        flags=st.tuples(*[st.booleans()] * 3),
        dependencies=st.builds(model.Dependencies, lists(HOME), texts, texts, texts, texts, lists(HOME)),
        below=st.builds(model.Below, lists(MODULES), lists(MODULES)),
        usages=lists(usages(series)),
        exports=lists(exports(series)),
        fixities=lists(st.builds(model.Fixity, occs(series), st.integers(-1, 9), directions)),
    )


def front_of(interface: Interface) -> Front:
    return Front(
        way=interface.way,
        module=interface.module,
        signature_of=interface.signature_of,
        kind=interface.kind,
        hashes=(
            interface.source_hash,
            interface.interface_hash,
            interface.abi_hash,
            interface.flag_hash,
            interface.optimisation_hash,
            interface.hpc_hash,
            interface.plugin_hash,
            interface.export_hash,
        ),
        flags=(interface.has_orphans, interface.has_family_instances, interface.used_splices),
        dependencies=interface.dependencies,
        below=interface.below,
        usages=interface.usages,
        exports=interface.exports,
        fixities=interface.fixities,
    )


@pytest.mark.parametrize("series", ["9.6", "9.8", "9.10"])
@given(data=st.data())
def test_what_was_written(series: str, data: st.DataObject) -> None:
    front = data.draw(fronts(series))
    interface = read_interface(encode(front, series))
    assert front_of(interface) == front
    assert interface.series == series


def sample(name: str) -> Interface:
    return read_interface((SAMPLES / name).read_bytes())


def read_all(data: bytes) -> list[object]:
    """All that an interface says, or what is wrong with each part of it."""
    found: list[object] = []
    try:
        interface = read_interface(data)
    except DecodeError as error:
        return [error]
    entity = model.Entity(model.OccName("Circle", model.Namespace.CONSTRUCTOR), "0" * 32)
    for read in (
        lambda: interface.below,
        lambda: interface.exports,
        lambda: interface.warnings,
        lambda: interface.declarations,
        lambda: interface.is_fat,
        lambda: interface.documentation,
        lambda: interface.orphan_hash,
        lambda: interface.still_has(entity),
    ):
        try:
            found.append(read())
        except DecodeError as error:
            found.append(error)
    return found


@pytest.mark.parametrize("name", FILES)
def test_samples(name: str) -> None:
    interface = sample(name)
    assert interface.series == name.split("/", maxsplit=1)[0]
    assert interface.way == "dyn"
    assert interface.module.unit == "sample-1"
    assert interface.module.name == Path(name).stem
    assert (interface.kind is model.HscSource.BOOT) == name.endswith("-boot")
    assert interface.is_fat
    assert interface.has_orphans == (interface.module.name == "Orphans")
    assert not any(isinstance(part, DecodeError) for part in read_all((SAMPLES / name).read_bytes()))


def maybe() -> tuple[model.KnownName, tuple[model.KnownName, ...]]:
    """`Maybe(..)`, whose names GHC knows by heart."""
    return model.KnownName("356"), (model.KnownName("356"), model.KnownName("624"), model.KnownName("621"))


@pytest.mark.parametrize("series", ["9.6", "9.10"])
def test_exports_of_a_sample(series: str) -> None:
    interface = sample(f"{series}/Shapes.hi")
    shown = {}
    for export in interface.exports:
        if isinstance(export.name, model.KnownName):
            assert export == model.Export(*maybe())
            continue
        names = [part.occ.text for part in export.parts or () if isinstance(part, model.Name)]
        shown[export.name.occ.text] = [*names, *export.fields]
    assert shown["Shape"] == ["Shape", "Circle", "Square", "radius", "side"]
    assert shown["Sized"] == ["Sized", "Measure", "describe", "size"]
    assert shown["<+>"] == []
    assert {"Dot", "area", "old", "Elem", "Vec", "fromMaybe"} < shown.keys()
    assert [fixity.occ.text for fixity in interface.fixities] == ["<+>"]
    assert (interface.fixities[0].precedence, interface.fixities[0].direction) == (5, "infixr")


@pytest.mark.parametrize("series", ["9.6", "9.10"])
def test_warnings_of_samples(series: str) -> None:
    old = model.OccName("old", model.Namespace.VARIABLE)
    about_old = model.WarningText(deprecated=True, lines=("use area", "instead"))
    about_module = model.WarningText(deprecated=False, lines=("do not use",))
    assert sample(f"{series}/Shapes.hi").warnings == model.Warnings(names=((old, about_old),))
    assert sample(f"{series}/Orphans.hi").warnings == model.Warnings(module=about_module)
    assert sample(f"{series}/Knot.hi").warnings == model.Warnings()


@pytest.mark.parametrize("series", ["9.6", "9.10"])
def test_documentation_of_samples(series: str) -> None:
    def name(text: str, namespace: model.Namespace) -> model.Name:
        return model.Name(model.ModuleId("sample-1", "Spoken"), model.OccName(text, namespace))

    speak, silent = name("speak", model.Namespace.VARIABLE), name("silent", model.Namespace.VARIABLE)
    loud, voice = name("Loud", model.Namespace.CONSTRUCTOR), name("Voice", model.Namespace.TYPE)
    comment = model.DocumentationComment
    assert sample(f"{series}/Spoken.hi").documentation == model.Documentation(
        module=comment(" About the module. "),
        exports={voice: comment(" About an export.")} if series == "9.10" else {},
        names={
            speak: (comment(" Uses 'Voice', ünd more.", (voice,)),),
            silent: (comment("By a splice."),),
            loud: (comment(" The only 'Voice'.", (voice,)),),
        },
        arguments={speak: {0: comment(" Whose."), 1: comment(" What 'speak' says.", (speak,))}},
    )
    assert sample(f"{series}/Shapes.hi").documentation is None


@pytest.mark.parametrize("series", ["9.6", "9.10"])
def test_what_only_looks_like_the_start_of_documentation(series: str) -> None:
    """The documentation is looked for by how it starts; the text of a comment may look the same by chance."""
    data = (SAMPLES / series / "Spoken.hi").read_bytes()
    whose = data.index(b" Whose.")
    start = head_of(data)
    assert data.count(start) == 1
    documentation = read_interface(data[:whose] + start + data[whose + len(start) :]).documentation
    assert documentation is not None and documentation.module is not None
    assert documentation.module.text == " About the module. "


def head_of(data: bytes) -> bytes:
    """The byte of a `Just` and a pointer to the end of the body, which is where the name table starts."""
    way = data.index(b"\x03dyn") + 4
    hash_end = way
    for _ in range(2):
        while data[hash_end] >= 0x80:
            hash_end += 1
        hash_end += 1
    return b"\x01" + data[hash_end + 8 : hash_end + 12]


@pytest.mark.parametrize("series", ["9.6", "9.10"])
def test_what_is_used_is_still_there(series: str) -> None:
    """Every hash in a usage is that of a declaration, or is made of one, in the module that was used."""
    shapes = sample(f"{series}/Shapes.hi")
    orphans = sample(f"{series}/Orphans.hi")
    (usage,) = [used for used in orphans.usages if isinstance(used, model.HomeModuleUsage)]
    assert usage.module == shapes.module
    assert (usage.abi_hash, usage.export_hash) == (shapes.abi_hash, shapes.export_hash)
    assert {"Shape", "Dot"} <= {entity.occ.text for entity in usage.entities} | {"Dot"}
    for entity in usage.entities:
        assert shapes.still_has(entity)
        assert not shapes.still_has(model.Entity(entity.occ, shapes.abi_hash))
    assert not sample(f"{series}/Tied.hi").still_has(usage.entities[0])


def test_other_files() -> None:
    with pytest.raises(DecodeError, match="the start of an interface file") as caught:
        read_interface(b"not an interface")
    assert caught.value.path == ("magic number",)
    with pytest.raises(DecodeError):
        read_interface(b"")


def test_other_versions() -> None:
    data = (SAMPLES / "9.10/Knot.hi").read_bytes().replace(b"9103", b"9121", 1)
    with pytest.raises(UnknownInterfaceError, match=r"not of 9\.12"):
        read_interface(data)


def test_views_of_memory() -> None:
    data = (SAMPLES / "9.6/Knot.hi").read_bytes()
    assert read_interface(memoryview(data)) == read_interface(data)


@pytest.mark.parametrize("name", [name for name in FILES if "boot" in name])
def test_cut_short(name: str) -> None:
    data = (SAMPLES / name).read_bytes()
    for n_bytes in range(len(data)):
        assert read_all(data[:n_bytes])


@pytest.mark.parametrize("name", FILES)
def test_damaged(name: str) -> None:
    """Bytes changed at random give a value or `DecodeError`."""
    chance = random.Random(name)
    data = (SAMPLES / name).read_bytes()
    for _ in range(N_DAMAGED):
        assert read_all(damaged(data, chance))


@pytest.mark.parametrize("series", ["9.6", "9.10"])
def test_damage_takes_no_memory(series: str) -> None:
    chance = random.Random(series)
    data = (SAMPLES / series / "Shapes.hi").read_bytes()
    tracemalloc.start()
    try:
        for _ in range(20):
            read_all(damaged(data, chance))
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    finally:
        tracemalloc.stop()


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The same with some bytes changed, mostly to ones that stand for many or for none."""
    changed = bytearray(data)
    for _ in range(chance.randrange(1, 6)):
        start = chance.randrange(len(data))
        new = chance.choice((b"\xff", b"\x80", b"\0", b"\x7f", chance.randbytes(1), chance.randbytes(4)))
        changed[start : start + len(new)] = new
    return bytes(changed)
