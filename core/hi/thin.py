"""Interfaces without their Core, for sessions that make no code: GHC reads all Core that an interface holds."""

from thatch.core.binary.cursor import DecodeError
from thatch.core.hi.reader import Header, read_interface

POINTER = 4
"""The bytes of a pointer, which counts from the start of the file."""

HEADER_POINTERS = 3


def without_core(data: bytes) -> bytes:
    """An interface file without its extra declarations; as it is if it has none.

    Everything else is the same, the hashes too, which cover no Core of a module that is not optimised.
    Raises `DecodeError` for what cannot be read, and where something is behind that nobody knows how to move.
    """
    header = Header(data)
    core = read_interface(data).core
    if core is None:
        return data
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
