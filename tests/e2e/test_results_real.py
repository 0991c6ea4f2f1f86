"""History does not matter: after any edits, interrupted or not, real GHCs and a clean start say the same."""

import random
from pathlib import Path

from tests.conftest import Ghc
from tests.support.ide import Ide, working
from tests.support.projects import write

N_MODULES = 5
N_ROUNDS = 3
N_EDITS = 8

BROKEN = (
    lambda text: text.replace("where", "wher"),
    lambda text: f"{text}x = = 1\n",
    lambda text: text.replace("where\n", "where\nimport Not.There\n"),
    lambda text: text.replace("where\n", "where\nimport M0 (notThere)\n"),
)
"""Ways to make a text that GHC cannot finish."""


def sound(number: int, chance: random.Random) -> str:
    """A text that GHC can finish, with warnings and deferred errors."""
    imports = "".join(f"import M{i}\n" for i in range(number) if chance.random() < 0.5)
    kind, value = chance.choice([("Int", "1"), ("Bool", "True"), ("Int", "'x'"), ("Int", f"f{max(number - 1, 0)}")])
    unused = "import Data.List\n" if chance.random() < 0.5 else ""
    return f"module M{number} where\n{imports}{unused}f{number} :: {kind}\nf{number} = {value}\n"


def name(number: int) -> str:
    return f"M{number}.hs"


def known(ide: Ide) -> dict[str, list[str]]:
    """All that is said, by file and in one order."""
    said = ide.workspace.snapshot().diagnostics
    return {path.name: sorted(f"{each.span} {each.text}" for each in found) for path, found in said.items()}


async def test_after_any_edits(ghc: Ghc, tmp_path: Path) -> None:
    chance = random.Random(5)
    settings = {"ghc": str(ghc.path), "ghc_options": ("-Wall",)}
    texts = {name(number): sound(number, chance) for number in range(N_MODULES)}
    root = write(tmp_path / "edited", texts)
    async with working(root, tmp_path / "cache", **settings) as ide:
        for n_round in range(N_ROUNDS):
            for _ in range(N_EDITS):
                number = chance.randrange(1, N_MODULES)
                text = sound(number, chance)
                before = len(ide.events)
                ide.edit(name(number), chance.choice(BROKEN)(text) if chance.random() < 0.4 else text)
                texts[name(number)] = text
                # The next edit comes at once, in the middle of the load, or after it.
                if (pause := chance.choice([0, 2, 4, None])) is None:
                    await ide.idle()
                else:
                    await ide.until_events(before + pause)
            # What is broken is mended, for GHC does not look behind it; not all in one load.
            for file in chance.sample(sorted(texts), len(texts)):
                ide.edit(file, texts[file])
                if chance.random() < 0.5:
                    await ide.idle()
            await ide.idle()
            clean = write(tmp_path / f"clean{n_round}", texts)
            async with working(clean, tmp_path / "clean-cache", **settings) as other:
                assert other.status.message == ""
                expected = known(other)
            assert ide.status.message == ""
            assert known(ide) == {
                file: [text.replace(str(clean), str(root)) for text in found] for file, found in expected.items()
            }
            assert expected != {}
