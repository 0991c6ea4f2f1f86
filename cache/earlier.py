"""What ran when modules that must be compiled were compiled last, where only their own text has changed since."""

from collections.abc import Iterator

from thatch.cache.entry import IDE, SPLICES, Entry
from thatch.cache.explain import differences_from
from thatch.cache.modules import Examined
from thatch.cache.splice_records import decode_splices
from thatch.cache.store import Store
from thatch.core.artifacts import Job, Standing
from thatch.core.binary.cursor import DecodeError
from thatch.core.hie.reader import read_hie
from thatch.core.project.resolve import ModuleId
from thatch.core.splices.runs import FileSplices

MOST_COMPARED = 10
"""So many of the newest entries of a module are looked at."""


def earlier_splices(job: Job, store: Store, examined: Examined) -> dict[ModuleId, FileSplices]:
    """The texts and splices of the modules that must be compiled for nothing but another text of theirs.  Blocking."""
    entries = dict(_earlier(examined, store))
    store.fetch(
        {entry.artifacts[name] for entry in entries.values() for name in (IDE, SPLICES) if name in entry.artifacts}
    )
    found = {module: _splices(entry, job, store) for module, entry in entries.items()}
    return {module: splices for module, splices in found.items() if splices is not None}


def _earlier(examined: Examined, store: Store) -> Iterator[tuple[ModuleId, Entry]]:
    for module, verdict in examined.verdicts.items():
        if verdict.standing is Standing.MISS and module in examined.survey.inputs and not module.boot:
            entries = store.nearest(module.unit, module.name, MOST_COMPARED)
            entry = next((entry for entry in entries if _same_but_text(examined, module, entry)), None)
            if entry is not None:
                yield module, entry


def _same_but_text(examined: Examined, module: ModuleId, entry: Entry) -> bool:
    return all((found.kind, found.name) == ("input", "source") for found in differences_from(examined, module, entry))


def _splices(entry: Entry, job: Job, store: Store) -> FileSplices | None:
    """What an entry holds of splices; None when that is damaged or gone."""
    ide = store.read(entry.artifacts[IDE]) if IDE in entry.artifacts else None
    ran = store.read(entry.artifacts[SPLICES]) if SPLICES in entry.artifacts else None
    if ide is None or (ran is None and SPLICES in entry.artifacts):
        return None
    try:
        runs = decode_splices(ran, job.project.root) if ran is not None else ()
        return FileSplices(read_hie(ide).source.decode("utf-8", "replace"), runs)
    except (ValueError, DecodeError):
        return None
