"""Modules with splices that are compiled anew without an interpreter, on real GHCs, each time beside a whole check."""

import logging
import random
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Ghc
from tests.support.checking import Said, checked
from tests.support.projects import write
from tests.support.spliced_project import EMBEDDED, spliced
from tests.support.typist import FRESH_NAME, SPLICED, leave_unused
from thatch.cache.modules import ModuleCache
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
        different = set(_without_numbers(cached)) ^ set(_without_numbers(fresh))
        assert not different, "\n".join(sorted(different))
        assert cached.status == fresh.status
        return cached, n_interpreters

    async def unproven(self, *, broken: bool = False) -> list[str]:
        """The entries in the cache of which GHC, which evaluates all splices, makes something else.

        In a project that may be `broken` GHC may not come to all of them.
        """
        with closing(self._store()) as store:
            prover = Prover(store, most=None)
            await checked(self.root, self.settings, prover)
        assert broken or (prover.n_proven and not prover.n_left)
        return [one.module for one in prover.unproven]

    def _store(self) -> ModuleCache:
        store = open_cache(self.settings)
        assert store is not None
        return store


def _without_numbers(said: Said) -> list[str]:
    return [FRESH_NAME.sub("n", message) for message in said.messages]


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


MENDED = 0.5
"""How often everything is taken back before an edit, so that errors do not pile up."""


def append_comment(rng: random.Random, text: str, _: Sequence[str]) -> str:
    """Something that changes no splice."""
    return f"{text}-- Remark {rng.randrange(10**6)}.\n"


EDITS = (*SPLICED, *(append_comment, leave_unused) * (len(SPLICED) // 2))


async def edited(checks: Checks, seed: int, n_edits: int) -> int:
    """So many edits at random, each saved and checked; how many needed no interpreter."""
    print(f"seed {seed}")
    rng = random.Random(seed)
    texts = {name.removeprefix("src/"): text for name, text in spliced().items() if "cabal" not in name}
    texts |= {"State.hs": STATE, "Uses.hs": USES}
    await checks.check(texts)
    now = dict(texts)
    modules = sorted(name for name in texts if name.endswith(".hs"))
    n_replayed = 0
    for number in range(n_edits):
        if rng.random() < MENDED:
            now = dict(texts)
        name, edit = rng.choice(modules), rng.choice(EDITS)
        now[name] = edit(rng, now[name], [])
        print(f"{number}: {edit.__name__} in {name}\n{now[name]}")
        said, n_interpreters = await checks.check(now)
        n_replayed += bool(said.compiled) and not n_interpreters
    print(f"{n_replayed} of {n_edits} needed no interpreter")
    assert await checks.unproven(broken=True) == []
    return n_replayed


async def test_edits_at_random(checks: Checks) -> None:
    assert await edited(checks, 1, 8)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(300, 310))
async def test_many_edits_at_random(checks: Checks, seed: int) -> None:
    """A thousand edits in all, on two GHCs."""
    assert await edited(checks, seed, 50)
