"""Modules with splices that are compiled anew without an interpreter, on real GHCs, each time beside a whole check."""

import logging
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Ghc
from tests.support.checking import Said, checked
from tests.support.projects import write
from tests.support.spliced_project import EMBEDDED, spliced
from thatch.cache.open import open_cache
from thatch.cache.prove import Prover
from thatch.core.settings import Settings

STATE = """\
{-# LANGUAGE TemplateHaskell #-}
module State where
import Language.Haskell.TH
import Language.Haskell.TH.Syntax

next :: Q Exp
next = do
  n <- maybe (0 :: Integer) id <$> getQ
  putQ (n + 1)
  litE (integerL n)

here :: Q Exp
here = location >>= litE . integerL . fromIntegral . fst . loc_start
"""

USES = """\
{-# LANGUAGE TemplateHaskell #-}
module Uses where
import State

first :: Int
first = $next

second :: Int
second = $next

line :: Int
line = $here

other :: Int
other = 1
"""


class Checks:
    """A project that is checked again and again, with splices replayed where that is the same."""

    def __init__(self, ghc: Ghc, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
        self.root = folder / "project"
        self.settings = Settings(
            cache_dir=folder / "cache", ghc=str(ghc), ghc_options=("-Wall",), jobs=1, splices_replay_saved=True
        )
        self._log = caplog

    async def check(self, changes: Mapping[str, str]) -> tuple[Said, int]:
        """Write some files and check; what is said, and how many interpreters ran."""
        write(self.root, changes)
        self._log.clear()
        with self._log.at_level(logging.DEBUG), closing(self._store()) as store:
            cached = await checked(self.root, self.settings, store)
        n_interpreters = sum("runs as process" in record.message for record in self._log.records)
        fresh = await checked(self.root, self.settings, None)
        assert (cached.messages, cached.status) == (fresh.messages, fresh.status)
        return cached, n_interpreters

    async def unproven(self) -> list[str]:
        """The entries in the cache of which GHC, which evaluates all splices, makes something else."""
        with closing(self._store()) as store:
            prover = Prover(store, most=None)
            await checked(self.root, self.settings, prover)
        assert prover.n_proven and not prover.n_left
        return [one.module for one in prover.unproven]

    def _store(self):  # type: ignore[no-untyped-def]
        store = open_cache(self.settings)
        assert store is not None
        return store


@pytest.fixture
def checks(ghc: Ghc, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Checks:
    return Checks(ghc, tmp_path, caplog)


async def test_no_interpreter_runs_where_all_splices_would_do_the_same(checks: Checks) -> None:
    cold, n_interpreters = await checks.check({"State.hs": STATE, "Uses.hs": USES})
    assert (cold.messages, n_interpreters) == ((), 1)
    for text in (
        USES.replace("other = 1", "other = 2 -- more"),
        USES.replace("= 1\n", "= 1\n\nmore :: Bool\nmore = True\n"),
    ):
        said, n_interpreters = await checks.check({"Uses.hs": text})
        assert (said.compiled, said.messages, n_interpreters) == (("Uses",), (), 0)
        assert await checks.unproven() == []
    # An error beside them may be one of their code.
    said, n_interpreters = await checks.check({"Uses.hs": USES.replace("other = 1", "other = 'x'")})
    assert (len(said.messages), n_interpreters) == (1, 1)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        # What one keeps for the next, and where they stand.
        ("Uses.hs", "first = $next", "first = 7"),
        ("Uses.hs", "other = 1", "other = $next"),
        ("Uses.hs", "\nline ::", "\n-- Its place.\nline ::"),
        ("State.hs", "(0 :: Integer)", "(1 :: Integer)"),
    ],
)
async def test_splices_are_evaluated_where_they_may_do_something_else(
    checks: Checks, file: str, old: str, new: str
) -> None:
    texts = {"State.hs": STATE, "Uses.hs": USES}
    await checks.check(texts)
    said, n_interpreters = await checks.check({file: texts[file].replace(old, new, 1)})
    assert "Uses" in said.compiled
    assert n_interpreters == 1
    assert await checks.unproven() == []


async def test_one_that_cannot_be_replayed_has_all_of_its_modules_evaluated(checks: Checks) -> None:
    files = spliced()
    await checks.check(files)
    fields = f"{files['src/Fields.hs']}\n-- more\n"
    said, n_interpreters = await checks.check({"src/Fields.hs": fields})
    assert ("Fields" in said.compiled, n_interpreters) == (True, 0)
    # The type that is reified has another field; and only GHC knows that nothing that runs is other code.
    kinds = files["src/Kinds.hs"].replace("py :: Int }", "py :: Int, pz :: Int }")
    said, n_interpreters = await checks.check({"src/Kinds.hs": kinds, "src/Fields.hs": f"{fields}-- more\n"})
    assert n_interpreters == 1
    said, n_interpreters = await checks.check({EMBEDDED: "other words\n"})
    assert n_interpreters == 1
    assert await checks.unproven() == []
