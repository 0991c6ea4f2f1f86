"""Every fix that is offered, tried out with real compilers: the message is gone, and nothing new is said."""

from functools import cache

import pytest

from tests.conftest import SERIES, Ghc, require_ghc
from tests.support.fixes import CASES, REWRITES, Expected, Tried, Workshop, cases, expected
from tests.support.markers import parse
from thatch.core.fixes.rewrites import signatures

Tries = tuple[Workshop, dict[Expected, Tried]]


@pytest.fixture(scope="session")
def workshops(tmp_path_factory: pytest.TempPathFactory) -> "Workshops":
    """The cases compiled and fixed, once with each compiler."""
    return Workshops(tmp_path_factory)


class Workshops:
    """Compiles and fixes when it is first asked."""

    def __init__(self, folders: pytest.TempPathFactory) -> None:
        self._folders = folders
        self.tries = cache(self._try)

    def _try(self, ghc: Ghc) -> Tries:
        workshop = Workshop(ghc, self._folders.mktemp("fixes"))
        return workshop, workshop.try_all(expected(ghc.series))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of a fix for each fix and compiler, one of a case for each case and compiler."""
    if "fix" in metafunc.fixturenames:
        found = [(series, one) for series in SERIES for one in expected(series)]
        metafunc.parametrize("series, fix", found, ids=[f"{series} {one}" for series, one in found])


def test_a_fix_removes_its_message_and_brings_no_other(workshops: Workshops, series: str, fix: Expected) -> None:
    workshop, tries = workshops.tries(require_ghc(series))
    assert fix in tries, [f"{one.title} ({one.diagnostics})" for one in workshop.offered(fix.file)] or workshop.said
    tried = tries[fix]
    assert tried.fixed or workshop.is_rewritten(fix.file)
    assert not tried.new, tried.text


@pytest.mark.parametrize("name", cases())
def test_nothing_else_is_offered(workshops: Workshops, ghc: Ghc, name: str) -> None:
    workshop, _ = workshops.tries(ghc)
    known = {one.title for one in expected(ghc.series) if one.file == name}
    offered = {fix.title for fix in workshop.offered(name) if not fix.title.startswith("Disable -W")}
    assert offered - known == set()


@pytest.mark.parametrize("name", parse((CASES / REWRITES).read_text("utf-8")))
def test_no_other_signature_can_be_written_down(workshops: Workshops, ghc: Ghc, name: str) -> None:
    workshop, _ = workshops.tries(ghc)
    source = workshop.source(name)
    offered = {fix.title for fix in signatures(source, workshop.seen(name), (0, len(source.text)))}
    known = {one.title for one in expected(ghc.series) if one.file == name}
    assert offered == {title for title in known if title.startswith("Add signature")}
