"""The static key of a module: everything known before GHC runs that decides what GHC will say; pure.

`docs/caching.md` lists the inputs for users.  Whoever changes what goes in, or the flags that every session
passes, raises KEY_VERSION.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b

from attrs import asdict, frozen

KEY_VERSION = 3

IRRELEVANT_VALUED = frozenset({"-package-db", "-package-env"})
"""Flags with a separate value that only say where packages lie; which ones they are is said by their ids."""

IRRELEVANT = frozenset({"-no-user-package-db", "-no-global-package-db", "-global-package-db", "-user-package-db"})


@frozen(kw_only=True)
class KeyInputs:
    """The inputs of one module's key."""

    ghc: str
    """The identity of the compiler build."""

    way: str
    """`dyn` or empty."""

    unit: str
    """The unit's id, as the build tool gives it."""

    flags: str
    """The fingerprint of the unit's flags, without those that only say where packages lie."""

    packages: str
    """The fingerprint of the installed packages, where the flags do not name each by its id; else empty."""

    module: str
    """The module's name."""

    boot: str
    """`boot` for an hs-boot file, else empty."""

    path: str
    """The source file relative to the project's root; only its name if it lies outside."""

    source: str
    """The hash of the source text."""

    def readable(self) -> Mapping[str, str]:
        """The inputs by name."""
        return asdict(self)


def static_key(inputs: KeyInputs) -> str:
    """The key, as hex; two inputs share it only if they are equal."""
    parts = [f"{name}={value}" for name, value in asdict(inputs).items()]
    return fingerprint([str(KEY_VERSION), *parts])


def flags_fingerprint(flags: Sequence[str]) -> str:
    """The hash of the flags that matter, in their order."""
    return fingerprint(relevant_flags(flags))


def encode_flags(flags: Sequence[str]) -> bytes:
    """The flags that matter as bytes, for explanations: a JSON list."""
    return json.dumps(list(relevant_flags(flags))).encode()


def decode_flags(data: bytes) -> list[str] | None:
    """The flags that `encode_flags` turned into these bytes; None for anything else."""
    try:
        flags = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return flags if isinstance(flags, list) and all(isinstance(flag, str) for flag in flags) else None


def relevant_flags(flags: Sequence[str]) -> Iterator[str]:
    """The flags without those that only say where packages lie."""
    remaining = iter(flags)
    for flag in remaining:
        if flag in IRRELEVANT_VALUED:
            next(remaining, None)
        elif flag not in IRRELEVANT:
            yield flag


def fingerprint(parts: Iterable[str]) -> str:
    """A hash of texts in their order, as hex; no two different sequences are joined alike."""
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return blake2b(b"".join(b"%d:%b" % (len(data), data) for data in encoded), digest_size=16).hexdigest()
