"""What does the local store cost for each module: putting, looking up, restoring, and space on the disk?

    python bench/store.py FOLDER [PLACE]

FOLDER holds .hi files with their .hie files beside them, at any depth; PLACE is where the store and the restored
files go, to compare disks. Each line gives the elapsed time and the processor time. On ext4 a place where thousands
of files were deleted in the last minutes is slow to make new ones in: choose another, or wait.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from thatch.cache.disk import DiskStore
from thatch.cache.entry import Dependency, DependencyKind, Entry, digest_of

N_DEPENDENCIES = 20
ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("place", type=Path, nargs="?")
    arguments = parser.parse_args()
    entries = [entry_of(file, number) for number, file in enumerate(sorted(arguments.folder.rglob("*.hi")))]
    n_bytes = sum(len(content) for _, blobs in entries for content in blobs.values())
    print(f"{len(entries)} modules, {n_bytes / len(entries) / 1000:.0f} kB each")
    place = Path(tempfile.mkdtemp(dir=arguments.place))
    try:
        measure(entries, place)
    finally:
        shutil.rmtree(place)


def entry_of(file: Path, number: int) -> tuple[Entry, dict[str, bytes]]:
    contents = {"hi": file.read_bytes(), "hie": file.with_suffix(".hie").read_bytes(), "diagnostics": b"[]"}
    artifacts = {name: digest_of(content) for name, content in contents.items()}
    # Modules of one project import each other: the dependencies are those of others too.
    names = [f"{file.stem}{(number * 7 + step) % 500}" for step in range(N_DEPENDENCIES)]
    dependencies = [Dependency(DependencyKind.INTERFACE, name, digest_of(name.encode())[:32]) for name in names]
    key = digest_of(str(file).encode())
    entry = Entry(key, "main", file.stem, False, tuple(dependencies), key[:32], key[:32], artifacts, {"source": key}, 1)
    return entry, {artifacts[name]: content for name, content in contents.items()}


def measure(entries: list[tuple[Entry, dict[str, bytes]]], place: Path) -> None:
    store = DiskStore(place / "store")
    with timed("put all"):
        for entry, blobs in entries:
            store.put(entry, blobs)
    usage = store.stats().usage
    print(
        f"blobs {usage.n_blob_bytes / len(entries):.0f}, trace {usage.n_trace_bytes / len(entries):.0f} bytes a module"
    )
    store.close()
    for number in range(ROUNDS):
        out = place / f"out{number}"
        out.mkdir()
        with timed("open and look up one"):
            store = DiskStore(place / "store")
            store.lookup([entries[0][0].key])
        with timed("look up all"):
            found = store.lookup([entry.key for entry, _ in entries])
        assert len(found) == len(entries)
        with timed("note all as used"):
            store.used([entry for entry, _ in entries])
        with timed("restore all .hi and .hie"):
            for index, (entry, _) in enumerate(entries):
                assert store.restore(entry.artifacts["hi"], out / f"{index}.hi")
                assert store.restore(entry.artifacts["hie"], out / f"{index}.hie")
        with timed("close"):
            store.close()


@contextmanager
def timed(what: str) -> Iterator[None]:
    elapsed, processor = time.perf_counter(), time.process_time()
    yield
    elapsed, processor = time.perf_counter() - elapsed, time.process_time() - processor
    print(f"{what:>25}: {elapsed * 1000:7.1f} ms, {processor * 1000:7.1f} ms of processor")


if __name__ == "__main__":
    main()
