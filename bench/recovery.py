"""How soon is everything as before, when a splice in an unsaved buffer has killed the interpreter of a big project?

    python bench/recovery.py [--modules 500] [--functions 12] [--rounds 3]

An editor's workspace, with everything compiled, gets an edit that makes one module's splice crash its interpreter; the
time runs from the interpreter's end until every diagnostic is there again and a session waits for the next edit.
Then the edit is taken back, which is timed as well.
"""

import asyncio
import time
from pathlib import Path

from attrs import define, field
from checks import options, workplace

from thatch.cache.open import open_cache
from thatch.core.events import Event, WorkStarted
from thatch.core.settings import Settings
from thatch.core.workspace import Workspace

SPLICE = "$(mkPower 5)"
DEADLY = "$(Language.Haskell.TH.Syntax.runIO (Foreign.poke (Foreign.nullPtr :: Foreign.Ptr Int) 0) >> fail [])"
IMPORTS = "import qualified Language.Haskell.TH.Syntax\nimport qualified Foreign\nimport GHC.Generics (Generic)"


@define
class Clock:
    """Notes when an interpreter was found dead."""

    gone: list[float] = field(factory=list)

    def hear(self, event: Event) -> None:
        if isinstance(event, WorkStarted) and "interpreter" in event.title:
            self.gone.append(time.monotonic())


def main() -> None:
    arguments = options(__doc__ or "", rounds=3).parse_args()
    with workplace(arguments) as (folder, project):
        path = next(path for path in sorted(project.rglob("*.hs")) if SPLICE in path.read_text("utf-8"))
        good = path.read_text("utf-8")
        bad = good.replace(SPLICE, DEADLY).replace("import GHC.Generics (Generic)", IMPORTS)
        asyncio.run(measure_recovery(folder / "cache", project, path, good, bad, arguments.rounds))


async def measure_recovery(cache: Path, project: Path, path: Path, good: str, bad: str, rounds: int) -> None:
    clock = Clock()
    settings = Settings(cache_dir=cache)
    store = open_cache(settings)
    workspace = Workspace([project], settings, clock.hear, store)
    try:
        await workspace.start()
        await workspace.idle()
        workspace.open_document(path, good, 1)
        await workspace.idle()
        for number in range(rounds):
            workspace.change_document(path, bad, 2 * number + 2)
            await workspace.idle()
            messages = [one.message for one in workspace.snapshot().diagnostics.get(path, ())]
            assert any("SIGSEGV" in message for message in messages), messages
            recovered = time.monotonic() - clock.gone[number]
            began = time.monotonic()
            workspace.change_document(path, good, 2 * number + 3)
            await workspace.idle()
            assert path not in workspace.snapshot().diagnostics
            back = time.monotonic() - began
            print(f"{path.name}: recovered in {recovered:.2f} s; edit taken back in {back:.2f} s", flush=True)
    finally:
        await workspace.close()
        if store:
            store.close()


if __name__ == "__main__":
    main()
