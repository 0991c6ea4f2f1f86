"""Answers of build tools as entries of the cache, which go wherever entries go; what they hold is core's business."""

from thatch.cache.entry import ANSWER, CRADLE, WHOLE, Entry, digest_of
from thatch.cache.store import Store


def find_answer(store: Store, key: str) -> bytes | None:
    """What is kept under a key of hex digits; None if there is nothing."""
    entries = [entry for entry in store.lookup([key]).get(key, ()) if entry.unit == CRADLE]
    if not entries:
        return None
    entry = entries[0]
    store.used([entry])
    store.fetch(entry.artifacts.values())
    return store.read(entry.artifacts.get(ANSWER, ""))


def put_answer(store: Store, key: str, content: bytes) -> None:
    """Keep something under a key; best effort."""
    digest = digest_of(content)
    entry = Entry(
        key=key,
        unit=CRADLE,
        module=WHOLE,
        boot=False,
        dependencies=(),
        abi="0" * 32,
        interface="0" * 32,
        artifacts={ANSWER: digest},
        inputs={},
        compile_ms=0,
    )
    store.put(entry, {digest: content})
