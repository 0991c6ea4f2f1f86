"""What a source text says that changes messages of its users without GHC compiling them anew; pure."""

import re
from hashlib import blake2b


def loud(text: bytes) -> bool:
    """Whether a module with this source may say such a thing: itself, or in a file that it includes."""
    return _PRAGMA.search(text) is not None or _INCLUDE.search(text) is not None


def speaks(text: bytes) -> bool:
    """Whether a source itself says such a thing."""
    return _PRAGMA.search(text) is not None


def unheard(text: bytes) -> str:
    """The hash of such things that not even the ABI hash has in it; empty if there are none.

    `mi_mod_hash` covers the deprecations of names and of the module (`addFingerprints` in GHC/Iface/Recomp.hs, 9.6 and
    9.10), but neither COMPLETE pragmas nor the deprecations of instances (from 9.10).
    """
    found = b"\n".join(match[0] for match in _NOT_IN_THE_ABI.finditer(text))
    return blake2b(found, digest_size=16).hexdigest() if found else ""


_PRAGMA = re.compile(rb"\{-#\s*(?:deprecated|warning|complete)\b", re.IGNORECASE)
_INCLUDE = re.compile(rb"^#\s*include\b", re.MULTILINE)
_NOT_IN_THE_ABI = re.compile(
    rb"\{-#\s*complete\b.*?#-\}|\binstance\s+\{-#\s*(?:deprecated|warning)\b.*?#-\}", re.IGNORECASE | re.DOTALL
)
