"""Proving entries: modules that the cache has are compiled all the same, and what comes out is compared with it."""

import random
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from attrs import evolve, frozen

from thatch.cache.entry import Entry
from thatch.cache.modules import ModuleCache, examine
from thatch.cache.plan import name_of
from thatch.core.artifacts import Compiled, Job, Plan, Planned, Standing, Tally
from thatch.core.binary.cursor import DecodeError
from thatch.core.diagnostics import Diagnostic
from thatch.core.ghc.output import Notice
from thatch.core.ghc.results import ModuleKey


@frozen
class Unproven:
    """An entry that is not what a compilation gives."""

    module: str
    """As entries name it: `unit:Lib.Foo`."""

    reason: str
    """In words, for the user."""

    entry: Entry


class Prover:
    """An `ArtifactStore` that lets GHC compile what the cache has, compares, and keeps nothing."""

    def __init__(self, modules: ModuleCache, most: int | None, seed: int | None = None) -> None:
        """At most so many modules of each project are compiled, chosen at random by `seed`; all if `most` is None."""
        self._modules = modules
        self._most = most
        self._random = random.Random(seed)  # noqa: S311 - Nobody guesses it to do harm.
        self._wanted: dict[ModuleKey, tuple[Planned, Entry, str]] = {}
        self.n_proven = 0
        """The entries that are what a compilation gives."""
        self.unproven: list[Unproven] = []
        """The others that were compared."""

    @property
    def n_left(self) -> int:
        """The entries that were to be compared, and were not, as GHC did not get to their modules."""
        return len(self._wanted)

    def plan(self, job: Job) -> Plan:
        """What of a job is up to date, without the modules to compile."""
        examined = examine(job, self._modules.store)
        names = {examined.survey.file_key(module): module for module in examined.verdicts}
        plan = self._modules.plan(job)
        hits = [module for module in plan.modules if module.standing is Standing.HIT]
        chosen = hits if self._most is None else self._random.sample(hits, min(self._most, len(hits)))
        # A module and its hs-boot file are compiled together, as the cache itself has it.
        together = {(module.key.unit, module.name) for module in chosen}
        for module in hits:
            entry = examined.verdicts[names[module.key]].entry
            if entry and (module.key.unit, module.name) in together:
                self._wanted[module.key] = (module, entry, name_of(names[module.key]))
        return evolve(plan, modules=tuple(map(self._to_compile, plan.modules)), notices=None)

    def interface(self, module: Planned) -> bytes | None:
        """As the cache has it."""
        return self._modules.interface(module)

    def hie(self, module: Planned) -> bytes | None:
        """As the cache has it."""
        return self._modules.hie(module)

    def restore(self, plan: Plan, interfaces: Path) -> Collection[ModuleKey]:
        """See `ArtifactStore.restore`."""
        return self._modules.restore(plan, interfaces)

    def keep(
        self,
        job: Job,
        compiled: Sequence[Compiled],
        notices: Sequence[Notice] | None,
        accepted: Sequence[Compiled] = (),
    ) -> Mapping[ModuleKey, Mapping[Path, str]]:
        """Compare what GHC has compiled with what the cache has."""
        for module in compiled:
            wanted = self._wanted.pop(module.key, None)
            if wanted is None:
                continue
            planned, entry, name = wanted
            reason = ", ".join(self._differences(planned, entry, module))
            if reason:
                self.unproven.append(Unproven(name, reason, entry))
            else:
                self.n_proven += 1
        return {}

    def answer(self, key: str) -> bytes | None:
        """As the cache has it."""
        return self._modules.answer(key)

    def keep_answer(self, key: str, content: bytes) -> None:
        """As the cache does: only modules are to be proven."""
        self._modules.keep_answer(key, content)

    def record(self, tally: Tally) -> None:
        """Nothing: this is no use of the cache."""

    def _to_compile(self, module: Planned) -> Planned:
        if self._most is not None and module.key not in self._wanted:
            return module
        return Planned(module.key, module.name, module.boot, Standing.MISS, reason="it is to be proven")

    def _differences(self, planned: Planned, entry: Entry, compiled: Compiled) -> Iterator[str]:
        from thatch.cache.recorded import read_recorded

        try:
            if read_recorded(compiled.interface.read_bytes()).abi != entry.abi:
                yield "its ABI is another"
        except (OSError, DecodeError) as error:
            yield f"its new interface cannot be read ({error})"
        before = Counter(map(_comparable, planned.diagnostics))
        now = Counter(map(_comparable, compiled.diagnostics))
        for diagnostic in now - before:
            yield f"GHC says what the cache does not ({_title(diagnostic)})"
        for diagnostic in before - now:
            yield f"the cache says what GHC does not ({_title(diagnostic)})"


# Of a name whose module it compiled in the same session GHC says more than of one that it loaded.
_SAME_SESSION = re.compile(r"\s*\(and originally defined\s+at [^)]*\)")


def _comparable(diagnostic: Diagnostic) -> Diagnostic:
    return evolve(
        diagnostic,
        message=_SAME_SESSION.sub("", diagnostic.message),
        context=tuple(_SAME_SESSION.sub("", text) for text in diagnostic.context),
        hints=tuple(_SAME_SESSION.sub("", text) for text in diagnostic.hints),
        related=(),
    )


def _title(diagnostic: Diagnostic) -> str:
    return (diagnostic.message.splitlines() or [""])[0]
