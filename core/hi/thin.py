"""Interfaces of which GHC reads less, for sessions that make no code and see the project as packages.

GHC reads all Core that a package's interface holds.  And before it looks at a module it reads the interface of every
module below that has instances of type families, which is nearly every one where `Generic` is derived: to see whether
they agree, as they did when the project was compiled.  It finds an instance without that: one whose left side names
nothing of its module makes that an orphan module (`orphNamesOfAxiomLHS` in GHC/Core/FVs.hs), whose interface GHC always
reads, and for the others it has read the interface when it knows of the name.
"""

from collections.abc import Collection

from thatch.core.binary.cursor import DecodeError
from thatch.core.hi.body import ListPlace
from thatch.core.hi.reader import Header, read_interface

POINTER = 4
"""The bytes of a pointer, which counts from the start of the file."""

HEADER_POINTERS = 3


def without_families(data: bytes, units: Collection[str]) -> bytes:
    """An interface file without modules of these units among those with family instances; the rest is the same.

    Raises `DecodeError` for what cannot be read.
    """
    return _without_modules(data, read_interface(data).family_instances_below, units)


def without_core(data: bytes) -> bytes:
    """An interface file without its Core, which takes several times as long.

    Everything else is the same, the hashes too, which cover no Core of a module that is not optimised.
    Raises `DecodeError` for what cannot be read, and where something is behind the Core that nobody knows how to move.
    """
    core = read_interface(data).core
    if core is None:
        return data
    header = Header(data)
    if data[header.extensions] != 0:
        raise DecodeError(offset=header.extensions, expected="no extension fields")
    shift = core.end - core.start - 1
    moved = bytearray(data)
    in_header = range(header.pointers_at, header.pointers_at + HEADER_POINTERS * POINTER, POINTER)
    for at in (*in_header, *core.pointers):
        target = int.from_bytes(moved[at : at + POINTER], "big")
        moved[at : at + POINTER] = (target - shift).to_bytes(POINTER, "big")
    # The byte says that there are none.
    return bytes(moved[: core.start]) + b"\0" + bytes(moved[core.end :])


def _without_modules(data: bytes, place: ListPlace, units: Collection[str]) -> bytes:
    """With the modules of other units only in a list: it ends earlier, and what was behind it stays where it was.

    The list is the last thing of a part whose end GHC knows from a pointer in front.
    """
    kept = [at for at, unit in enumerate(place.units) if unit not in units]
    new = _length(len(kept)) + b"".join(data[place.bounds[at] : place.bounds[at + 1]] for at in kept)
    return data[: place.start] + new + data[place.start + len(new) :]


def _length(number: int) -> bytes:
    """A length as GHC writes it: seven bits a byte, low bits first, with room for a sign."""
    written = bytearray()
    while number >= 0x40:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*written, number))
