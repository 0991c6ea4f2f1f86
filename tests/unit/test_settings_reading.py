"""Settings out of JSON, with every kind of mistake."""

from pathlib import Path
from typing import Any

import pytest
from attrs import fields

from thatch.core.sandbox.mode import SandboxMode
from thatch.core.settings import Settings
from thatch.core.settings_reading import EXPECTED, key_of, read_settings, type_of

GOOD: dict[str, tuple[str, Any, Any]] = {
    "a string": ("ghc", "/opt/ghc/bin/ghc", "/opt/ghc/bin/ghc"),
    "a list": ("ghcOptions", ["-Wall", "-O0"], ("-Wall", "-O0")),
    "a whole number": ("jobs", 4, 4),
    "a number": ("cradleTimeout", 10, 10.0),
    "a word": ("sandbox", "require", SandboxMode.REQUIRE),
    "a path": ("cacheDir", "~/cache", Path("~/cache").expanduser()),
}


@pytest.mark.parametrize(("key", "value", "expected"), GOOD.values(), ids=GOOD)
def test_a_good_value_is_taken(key: str, value: Any, expected: Any) -> None:
    reading = read_settings({key: value})
    name = next(attribute.name for attribute in fields(Settings) if key_of(attribute) == key)
    assert getattr(reading.settings, name) == expected
    assert (reading.problems, reading.unknown) == ((), ())


BAD: dict[str, tuple[str, Any, str]] = {
    "a number for a string": ("ghc", 4, "a string"),
    "a NUL character": ("ghc", "\0", "a string"),
    "a string for a list": ("ghcOptions", "-Wall -O0", "a list of strings"),
    "a number in the list": ("ghcOptions", ["-Wall", 1], "a list of strings"),
    "a string for a number": ("jobs", "4", "a whole number, 0 or more"),
    "true for a number": ("jobs", True, "a whole number, 0 or more"),
    "a negative number": ("jobs", -1, "a whole number, 0 or more"),
    "no time at all": ("cradleTimeout", 0, "a number above 0"),
    "another word": ("sandbox", "on", '"auto" or "require" or "off"'),
    "false for a word": ("sandbox", False, '"auto" or "require" or "off"'),
    "a list for a word": ("sandbox", ["auto"], '"auto" or "require" or "off"'),
    "an object for a path": ("cacheDir", {}, "a path (a string)"),
}


@pytest.mark.parametrize(("key", "value", "expected"), BAD.values(), ids=BAD)
def test_a_wrong_value_is_told_with_key_and_type_and_the_others_are_used(key: str, value: Any, expected: str) -> None:
    reading = read_settings({"cabal": "/bin/cabal", key: value})
    (problem,) = reading.problems
    assert problem.startswith(f"The setting thatch.{key} must be {expected}, not ")
    assert reading.settings == Settings(cabal="/bin/cabal")


def test_a_long_wrong_value_is_not_repeated_in_full() -> None:
    (problem,) = read_settings({"jobs": "9" * 1000}).problems
    assert len(problem) < 200


@pytest.mark.parametrize("source", [None, {}, {"thatch": {}}, {"thatch": None}, {"ghc": None}])
def test_nothing_given_means_the_defaults(source: object) -> None:
    assert read_settings(source) == read_settings()


@pytest.mark.parametrize("source", [[], "ghc", 4, {"thatch": 4}])
def test_a_section_that_is_no_object_is_told(source: object) -> None:
    assert read_settings(source).problems == ("The setting thatch must be an object of settings; it was ignored.",)


def test_later_sources_win_key_by_key_and_may_be_nested() -> None:
    reading = read_settings({"ghc": "a", "cabal": "b"}, {"thatch": {"ghc": "c"}})
    assert reading.settings == Settings(ghc="c", cabal="b")


def test_a_group_is_an_object_or_a_dotted_key() -> None:
    expected = Settings(splices_seconds=5.0, splices_memory_mb=100)
    assert read_settings({"splices": {"seconds": 5, "memoryMb": 100}}).settings == expected
    assert read_settings({"splices.seconds": 5}, {"splices": {"memoryMb": 100}}).settings == expected
    assert read_settings({"splices": {"minutes": 1}}).unknown == ("splices.minutes",)
    (problem,) = read_settings({"splices": {"seconds": "5"}}).problems
    assert problem.startswith("The setting thatch.splices.seconds must be")


def test_unknown_keys_are_told_except_the_editors_own() -> None:
    assert read_settings({"gch": "x", "trace": {"server": "off"}, "statusNotification": True}).unknown == ("gch",)


def test_every_setting_can_be_read_and_described() -> None:
    assert {type_of(attribute) for attribute in fields(Settings)} <= EXPECTED.keys()
