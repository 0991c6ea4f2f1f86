"""Whatever is changed in a project, a check with the cache says what a check from scratch says, message by message."""

import os
import random
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve

from tests.conftest import Ghc
from tests.support import mutations
from tests.support.checking import Checking, Said, checked
from tests.support.mutations import State
from tests.support.waiting import seconds
from thatch.cache.open import open_cache
from thatch.core.settings import Settings

N_MUTATIONS = int(os.environ.get("THATCH_TEST_MUTATIONS", "200"))
SEED = int(os.environ.get("THATCH_TEST_SEED", "0")) or secrets.randbelow(2**32)


@pytest.mark.slow
async def test_mutations(ghc: Ghc, tmp_path: Path) -> None:
    """Changes, switches of branches, and moves of the checkout, in a row."""
    chance = random.Random(f"{SEED} {ghc.series}")
    print(f"THATCH_TEST_SEED={SEED} THATCH_TEST_MUTATIONS={N_MUTATIONS}")
    settings = Settings(cache_dir=tmp_path / "cache", ghc=str(ghc.path), cradle_timeout=seconds(120))
    store = open_cache(settings)
    assert store is not None
    compiled = compiled_again = 0
    for number, (state, root) in enumerate(steps(chance, tmp_path)):
        mutations.write_files(root, mutations.files(state))
        cached = await checked(root, settings, store)
        fresh = await checked(root, settings, None)
        print(f"{number}: {len(cached.compiled)} of {len(fresh.compiled)} compiled, {len(fresh.messages)} messages")
        assert_same(cached, fresh, f"mutation {number} of seed {SEED}")
        again = await checked(root, settings, store)
        print(f"{number}: again {' '.join(again.compiled)}")
        assert_same(again, fresh, f"mutation {number} of seed {SEED}, again")
        compiled += len(cached.compiled)
        compiled_again += len(again.compiled)
    print(f"{compiled} modules compiled, {compiled_again} again")


@pytest.mark.slow
async def test_mutations_in_one_session(ghc: Ghc, tmp_path: Path) -> None:
    """A workspace that stays open knows after every change what a check from scratch says, and what waits for a fix."""
    chance = random.Random(f"{SEED} {ghc.series}")
    print(f"THATCH_TEST_SEED={SEED} THATCH_TEST_MUTATIONS={N_MUTATIONS}")
    settings = Settings(cache_dir=tmp_path / "cache", ghc=str(ghc.path), cradle_timeout=seconds(120))
    store = open_cache(settings)
    root = tmp_path / "checkout"
    state = mutations.first_state()
    mutations.write_files(root, mutations.files(state))
    async with Checking(root, settings, store) as checking:
        live = await checking.said()
        for number in range(1, N_MUTATIONS + 1):
            before, state = state, mutations.mutated(state, chance, without=mutations.UNHEARD)
            print(f"{number}: {mutations.difference(before, state)}")
            live = await checking.said(mutations.write_files(root, mutations.files(state)))
            fresh = await checked(root, settings, None)
            print(f"{number}: {len(live.compiled)} of {len(fresh.compiled)} compiled, {len(fresh.messages)} messages")
            waiting = [message for message in live.messages if module_of(message) not in fresh.compiled]
            told = [message for message in live.messages if message in fresh.messages or message not in waiting]
            live = evolve(live, messages=tuple(told))
            assert_same(live.without_boot_places, fresh.without_boot_places, f"mutation {number} of seed {SEED}")


def module_of(message: str) -> str:
    """The module that a message is about, by its file; empty for what is no module."""
    found = re.match(r"Diagnostic\(path=PosixPath\('/(?:low|src|app)/([\w/]+)\.hs'\)", message)
    return found[1].replace("/", ".") if found else ""


def steps(chance: random.Random, folder: Path) -> Iterator[tuple[State, Path]]:
    """The states to check, each with the folder where the checkout lies then."""
    state = mutations.first_state()
    branches = [state]
    root = folder / "checkout-0"
    yield state, root
    for number in range(1, N_MUTATIONS + 1):
        before = state
        kind = chance.random()
        state = chance.choice(branches) if kind < 0.1 else mutations.mutated(state, chance)
        if kind > 0.9:
            branches.append(state)
        if 0.1 < kind < 0.15:
            root = root.rename(folder / f"checkout-{number}")
        print(f"{number}: {root.name}; {mutations.difference(before, state)}")
        yield state, root


def assert_same(cached: Said, fresh: Said, where: str) -> None:
    only_cached = [message for message in cached.messages if message not in fresh.messages]
    only_fresh = [message for message in fresh.messages if message not in cached.messages]
    differences = [*(f"only with the cache: {message}" for message in only_cached)]
    differences += [f"only from scratch: {message}" for message in only_fresh]
    assert not differences, "\n".join([where, *differences])
    assert cached.messages == fresh.messages, where
    assert cached.status == fresh.status, where
