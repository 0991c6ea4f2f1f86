"""The static key: it changes with every input, and with nothing else unless its version does."""

import pytest
from attrs import evolve, fields

from thatch.cache.key import KEY_VERSION, KeyInputs, fingerprint, flags_fingerprint, static_key

INPUTS = KeyInputs(
    ghc="ghc-9.6.6-0123456789ab",
    way="dyn",
    unit="pkg-0.1-inplace",
    flags=flags_fingerprint(["-Wall", "-package-id", "base-4.18.2.1"]),
    packages="",
    module="Lib.Foo",
    boot="",
    path="src/Lib/Foo.hs",
    source="00112233445566778899aabbccddeeff",
)
GOLDEN = (3, "ca9d19086bbcd2997b60bfd75fe134b4")
"""The version of the key, and the key of the inputs above: whoever changes the second must raise the first."""


def test_the_key_changes_with_its_version_only() -> None:
    assert (KEY_VERSION, static_key(INPUTS)) == GOLDEN


@pytest.mark.parametrize("name", [field.name for field in fields(KeyInputs)])
def test_every_input_counts(name: str) -> None:
    assert static_key(evolve(INPUTS, **{name: "other"})) != static_key(INPUTS)


def test_places_of_packages_do_not_count() -> None:
    given = ["-no-user-package-db", "-package-db", "/a", "-Wall", "-package-env", "-"]
    assert flags_fingerprint(given) == flags_fingerprint(["-Wall"])


def test_the_order_of_flags_counts() -> None:
    assert flags_fingerprint(["-Wall", "-Wno-all"]) != flags_fingerprint(["-Wno-all", "-Wall"])


def test_different_parts_are_never_joined_alike() -> None:
    assert fingerprint(["ab", "c"]) != fingerprint(["a", "bc"])
    assert fingerprint(["a", ""]) != fingerprint(["a"])
