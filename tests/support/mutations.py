"""A Haskell project that is generated from choices, so that random changes of it meet everything a cache must notice.

Each file is a text with holes; a hole has a name and some fillings.  A state says which filling each hole has, so a
mutation is another filling, and a branch is a state that was kept.
"""

import random
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from tests.support.mutation_texts import FILES, HOLES, MODULES, SWITCHES

State = Mapping[str, int]
"""Which filling each hole has, by the hole's name."""

HOLE = re.compile(r"<<([\w.]+)>>")

ERRORS = (
    "",
    "broken :: Int\nbroken = 'x'",
    "broken :: Int\nbroken = not_in_scope",
    "broken = = 1",
    "broken :: Int -> Bool\nbroken 1 = True",
)
"""What may stand at the end of every module: nothing, most of the time."""

PRAGMAS = (
    "",
    "{-# OPTIONS_GHC -Wall #-}",
    "{-# OPTIONS_GHC -Wno-all #-}",
    "{-# OPTIONS_GHC -Werror=unused-imports #-}",
)
EXTRAS = ("", "extra :: Int\nextra = 1", "extra :: Bool\nextra = True", "data Extra = Extra | Other")
COMMENTS = ("", "-- A remark.", "-- Another\n-- remark.")
IMPORTS = ("", "import Data.List", "import Data.Maybe (fromMaybe)", "import Nowhere.AtAll", "import = Nowhere")

UNHEARD = ("facade.language",)
"""The holes whose changes GHC says too little about while a session stays open.

Of a flag that Safe Haskell ignores it speaks only when it reads the pragma of that module.
"""

EVERY_MODULE = {"error": ERRORS, "pragma": PRAGMAS, "extra": EXTRAS, "comment": COMMENTS, "import": IMPORTS}
"""The holes that every module has besides its own."""

SELDOM = 0.25
"""How many of the errors after which GHC says little else outlive the next mutation."""

OWN = 0.7
"""How many mutations are of what is special in a module."""


def fillings() -> dict[str, tuple[str, ...]]:
    """The fillings of every hole."""
    general = {f"{module}.{hole}": texts for module in MODULES for hole, texts in EVERY_MODULE.items()}
    return {**general, **HOLES}


def first_state() -> State:
    """The project as it is meant: every hole with its first filling."""
    return dict.fromkeys(fillings(), 0)


def mutated(state: State, chance: random.Random, without: Collection[str] = ()) -> State:
    """The state after one change, or sometimes a few at once, but not of the holes in `without`."""
    holes = {name: texts for name, texts in fillings().items() if name not in without}
    result = dict(state)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        name = _any_hole(chance, holes)
        result[name] = chance.randrange(len(holes[name]))
    return _mended(result, chance)


def files(state: State) -> dict[str, str]:
    """The project's files by relative path."""
    holes = {name: texts[state[name]] for name, texts in fillings().items()}
    found = {}
    for place, text in FILES.items():
        hole, wanted = SWITCHES.get(place, ("", ""))
        if not hole or holes[hole] == wanted:
            found[_filled(place, holes)] = _filled(text, holes)
    return found


def difference(before: State, after: State) -> str:
    """What a mutation changed, in words."""
    changed = [name for name in after if before.get(name) != after[name]]
    return ", ".join(f"{name}: {before.get(name)} -> {after[name]}" for name in changed) or "nothing"


def write_files(root: Path, wanted: Mapping[str, str]) -> frozenset[Path]:
    """Make a folder hold these files and no others; returns those that were not right already."""
    changed = {path for path in root.rglob("*") if path.is_file() and str(path.relative_to(root)) not in wanted}
    for path in changed:
        path.unlink()
    for name, text in wanted.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            changed.add(path)
    return frozenset(changed)


def _any_hole(chance: random.Random, holes: Mapping[str, tuple[str, ...]]) -> str:
    special = [name for name in holes if name in HOLES]
    return chance.choice(special if chance.random() < OWN else list(holes))


def _mended(state: dict[str, int], chance: random.Random) -> State:
    """What keeps GHC from saying much else does not stay long."""
    for name, filling in state.items():
        loud = (name.endswith(".error") and filling == 3) or (name.endswith(".import") and filling in (3, 4))
        if loud and chance.random() > SELDOM:
            state[name] = 0
    return state


def _filled(text: str, holes: Mapping[str, str]) -> str:
    # A filling may hold holes itself.
    while HOLE.search(text):
        text = HOLE.sub(lambda found: holes[found[1]], text)
    return text
