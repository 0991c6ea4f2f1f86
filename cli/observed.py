"""A cache that remembers what it was asked for in one check: which modules there were, and how long each took."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import define, field

from thatch.cache.modules import ModuleCache
from thatch.cli.timings import Timing, label
from thatch.core.artifacts import Compiled, Job, Plan
from thatch.core.events import Event, WorkProgressed
from thatch.core.ghc.output import Notice
from thatch.core.ghc.results import ModuleKey


@define
class Observed(ModuleCache):
    """The cache of compiled modules, observed."""

    _plans: dict[Path, Plan] = field(factory=dict, init=False)
    _units: dict[str, str] = field(factory=dict, init=False)
    """The component of each unit."""

    _compiled: dict[ModuleKey, int] = field(factory=dict, init=False)
    """The modules that GHC compiled, each with how many milliseconds that took."""

    _begun: dict[str, list[float]] = field(factory=dict, init=False)
    """When GHC began with the modules of each name, in seconds since this was made."""

    _since: float = field(factory=time.monotonic, init=False)

    def plan(self, job: Job) -> Plan:
        """As the cache does."""
        plan = self._plans[job.project.root] = super().plan(job)
        self._units.update((unit.id, unit.component) for unit in job.project.units)
        return plan

    def keep(
        self,
        job: Job,
        compiled: Sequence[Compiled],
        notices: Sequence[Notice] | None,
        accepted: Sequence[Compiled] = (),
    ) -> Mapping[ModuleKey, Mapping[Path, str]]:
        """As the cache does."""
        self._compiled.update((module.key, module.milliseconds) for module in compiled)
        return super().keep(job, compiled, notices, accepted)

    def hear(self, event: Event) -> None:
        """Take note of when GHC began with a module."""
        if isinstance(event, WorkProgressed) and event.total:
            name = event.message.partition(" ")[2]
            self._begun.setdefault(name, []).append(time.monotonic() - self._since)

    def timings(self) -> list[Timing]:
        """What is known of every module, imports first."""
        begun = {name: list(times) for name, times in self._begun.items()}
        found = []
        for module in (module for plan in self._plans.values() for module in plan.modules):
            fresh = module.key in self._compiled
            times = begun.get(module.name, []) if fresh else []
            found.append(
                Timing(
                    component=self._units.get(module.key.unit, module.key.unit),
                    module=label(module.name, boot=module.boot),
                    milliseconds=self._compiled[module.key] if fresh else module.milliseconds,
                    compiled=fresh,
                    began=times.pop(0) if times else None,
                )
            )
        return found
