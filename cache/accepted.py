"""New entries for modules that GHC accepted as they were, although something that they import had changed.

GHC asks whether the definitions that a module uses are the same; an entry holds while all of the imported ABI is.
Without a new entry such a module would be compiled at the next start.
"""

from collections.abc import Iterable, Mapping

from thatch.cache.entry import DIAGNOSTICS, INTERFACE, Entry, digest_of
from thatch.cache.errors import IncompleteEntryError
from thatch.cache.plan import Planner, Verdict
from thatch.cache.said import encode_diagnostics
from thatch.cache.store import Store
from thatch.cache.survey import Survey
from thatch.core.artifacts import Compiled, Standing
from thatch.core.project.resolve import ModuleId


def keep_accepted(found: Survey, planner: Planner, store: Store, accepted: Mapping[ModuleId, Compiled]) -> None:
    """Keep what GHC took from interfaces in a load that is over, where no entry holds.  Blocking."""
    entries = store.lookup(list(found.keys.values()))
    verdicts: dict[ModuleId, Verdict] = {}
    for module in found.graph.order:
        known = entries.get(found.keys.get(module, ""), [])
        verdicts[module] = planner.verdict(module, known, verdicts)
        loaded = accepted.get(module)
        if loaded is None or verdicts[module].standing is Standing.HIT or loaded.source != found.inputs[module].source:
            continue
        entry = _renewed(loaded, known, planner, verdicts)
        if entry is not None and _put(entry, store):
            verdicts[module] = Verdict(Standing.HIT, entry)


def _renewed(
    loaded: Compiled, known: Iterable[Entry], planner: Planner, verdicts: Mapping[ModuleId, Verdict]
) -> Entry | None:
    try:
        interface = digest_of(loaded.interface.read_bytes())
    except OSError:
        return None
    said = digest_of(encode_diagnostics(loaded.diagnostics, planner.root))
    for entry in known:
        if (entry.artifacts.get(INTERFACE), entry.artifacts.get(DIAGNOSTICS)) == (interface, said):
            return planner.renewed(entry, verdicts)
    return None


def _put(entry: Entry, store: Store) -> bool:
    try:
        store.put(entry, {})
    except IncompleteEntryError:
        # Its artifacts were evicted meanwhile.
        return False
    return True
