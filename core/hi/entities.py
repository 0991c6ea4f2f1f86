"""Hashes of what declarations bind beside their own name: constructors, methods, newtype axioms."""

from hashlib import md5

from thatch.core.hi.model import Namespace, OccName


def implicit_hash(declaration_hash: str, occ: OccName) -> str:
    """The hash that GHC gives to a name which a declaration of that hash binds implicitly.

    It is the MD5 of the declaration's hash and the name, written in GHC's encoding (`ifaceDeclFingerprints` in
    `GHC/Iface/Syntax.hs`); strings are written out there.
    """
    hash_words = (int(declaration_hash[:16], 16), int(declaration_hash[16:], 16))
    parent = _string(occ.parent) if occ.namespace is Namespace.FIELD else b""
    encoded = b"".join(map(_word, hash_words)) + bytes([occ.namespace.value]) + parent + _string(occ.text)
    return md5(encoded, usedforsecurity=False).hexdigest()


def _word(value: int) -> bytes:
    digits = bytearray()
    while value >= 0x80:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    digits.append(value)
    return bytes(digits)


def _string(text: str) -> bytes:
    encoded = text.encode("utf-8", "surrogatepass").replace(b"\0", b"\xc0\x80")
    return _length(len(encoded)) + encoded


def _length(value: int) -> bytes:
    """A signed number: a last digit with its highest bit set would be taken for negative."""
    digits = bytearray()
    while value >= 0x40:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    digits.append(value)
    return bytes(digits)
