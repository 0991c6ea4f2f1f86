"""A process of its own that uses a local store as it is told to, and may be killed at any step of a write.

One JSON array a line goes in, `[command, arguments...]`; one JSON value a line comes out.
"""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

from tests.support.waiting import seconds
from thatch.cache.disk import DiskStore, StoreOptions
from thatch.cache.entry import Digest, Entry, decode_entry, encode_entry
from thatch.cache.steps import Hook, Step, go_on

REPOSITORY = Path(__file__).parents[2]
LIMIT = 60.0


class WorkerDiedError(Exception):
    """The process ended instead of answering."""


class StoreWorker:
    """The parent's side: each method sends a command and, unless it is told to go on, waits for the answer."""

    def __init__(self, before: Iterable[str] = ()) -> None:
        """Start the process, with the words of a wrapper such as `unshare` before it."""
        self._process = subprocess.Popen(
            [*before, sys.executable, "-m", "tests.support.store_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=REPOSITORY,
        )
        self._received = b""

    def open(self, folder: Path, *, limit: int = 10**9, die_at: Step | None = None, nth: int = 1) -> None:
        """Open a store, and close the one before; die when a step is reached for the `nth` time from now."""
        self.ask("open", str(folder), limit, die_at.name if die_at else "", nth)

    def put(self, entry: Entry, blobs: dict[Digest, bytes]) -> None:
        self.ask(*put_command(entry, blobs))

    def lookup(self, keys: Collection[str]) -> dict[str, list[Entry]]:
        return {
            key: [decode_entry(text.encode()) for text in texts]
            for key, texts in self.ask("lookup", list(keys)).items()
        }

    def read(self, digest: Digest) -> bytes | None:
        found = self.ask("read", digest)
        return None if found is None else bytes.fromhex(found)

    def used(self, entries: Collection[Entry]) -> None:
        self.ask("used", [encode_entry(entry).decode() for entry in entries])

    def told(self) -> list[str]:
        """What the store had to tell the user."""
        return list(self.ask("told"))

    def ask(self, *command: object) -> Any:
        self.send(*command)
        return self.answer()

    def send(self, *command: object) -> None:
        """Send a command without waiting; each wants an `answer` later."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(command).encode() + b"\n")
        self._process.stdin.flush()

    def answer(self) -> Any:
        """The answer to the oldest command; raises WorkerDiedError if there will be none."""
        assert self._process.stdout
        while b"\n" not in self._received:
            ready, _, _ = select.select([self._process.stdout], [], [], seconds(LIMIT))
            assert ready, "the worker neither answers nor dies"
            data = os.read(self._process.stdout.fileno(), 1 << 20)
            if not data:
                raise WorkerDiedError(self._process.wait())
            self._received += data
        line, _, self._received = self._received.partition(b"\n")
        answer = json.loads(line)
        assert "error" not in answer, answer["error"]
        return answer["value"]

    def kill(self) -> None:
        """End the process as `kill -9` does."""
        self._process.kill()
        self.stop()

    def stop(self) -> int:
        """Let the process end, and wait for it; its exit code."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        return self._process.wait(seconds(LIMIT))


def put_command(entry: Entry, blobs: dict[Digest, bytes]) -> tuple[object, ...]:
    """The command to put an entry, for `send`."""
    return ("put", encode_entry(entry).decode(), {digest: content.hex() for digest, content in blobs.items()})


class _Served:
    """The child's side."""

    def __init__(self) -> None:
        self._store: DiskStore | None = None
        self._told: list[str] = []

    def open(self, folder: str, limit: int, die_at: str, nth: int) -> None:
        if self._store is not None:
            self._store.close()
        hook = _die_at(Step[die_at], nth) if die_at else go_on
        self._store = DiskStore(Path(folder), StoreOptions(limit=limit, hook=hook, tell=self._told.append))

    def put(self, entry: str, blobs: dict[str, str]) -> None:
        self.store.put(
            decode_entry(entry.encode()), {digest: bytes.fromhex(content) for digest, content in blobs.items()}
        )

    def lookup(self, keys: list[str]) -> dict[str, list[str]]:
        found = self.store.lookup(keys)
        return {key: [encode_entry(entry).decode() for entry in entries] for key, entries in found.items()}

    def read(self, digest: str) -> str | None:
        content = self.store.read(digest)
        return None if content is None else content.hex()

    def restore(self, digest: str, target: str) -> bool:
        return self.store.restore(digest, Path(target))

    def used(self, entries: list[str]) -> None:
        self.store.used([decode_entry(entry.encode()) for entry in entries])

    def collect(self) -> None:
        self.store.collect()

    def clear(self) -> None:
        self.store.clear()

    def told(self) -> list[str]:
        return self._told

    @property
    def store(self) -> DiskStore:
        assert self._store
        return self._store


def _die_at(step: Step, nth: int) -> Hook:
    left = nth

    def reached(at: Step) -> None:
        nonlocal left
        left -= at is step
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    return reached


def _serve() -> None:
    served = _Served()
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        command: Callable[..., object] = getattr(served, name)
        try:
            answer: dict[str, object] = {"value": command(*arguments)}
        except Exception as error:  # The test shall see it, whatever it is.
            answer = {"error": repr(error)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    _serve()
