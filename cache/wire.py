"""The objects of a remote store as bytes: packs of entries with their blobs, and bundles of packs' heads; no I/O.

All objects lie in one flat folder named after the format, are named after their content and never change, so that
any number of writers need no agreement and a reader can check whatever it is handed.

A pack is what one writer wrote in one go:

    pack-<digest of the head>-<bytes of the head>
        head        one zstd frame of the text below
        blobs       one after the other, each a zstd frame, or its plain bytes where those are no longer

    thatch pack 1
    E <key> <entry as JSON>              one line for each entry, see thatch.cache.entry
    B <digest> <stored bytes> <bytes>    one line for each blob, in the order in which they lie there

An entry's blobs are in its own pack, or in an older one that its writer saw in the store.

A bundle repeats the heads of many packs, so that a reader needs few requests.  It is made from what lies there, by
whoever notices that there are many packs; losing it loses nothing:

    heads-<level>-<digest of the object>
        first line  JSON: {"packs": [names of packs], "covers": [names of bundles of the level below]}
        rest        the heads of those packs as they lie in the packs, one after the other

The digest is BLAKE2b-256 throughout.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import accumulate

import zstandard
from attrs import define, field, frozen

from thatch.cache.entry import Digest, Entry, digest_of, encode_entry, is_digest
from thatch.core.errors import ThatchError

FOLDER = "thatch-1"
"""Where the objects lie below the address of the store; another format would use another folder."""

MAX_HEAD_BYTES = 64 * 1024 * 1024
"""Longer heads, stored or inflated, are refused unread."""

MAX_BLOB_BYTES = 256 * 1024 * 1024
"""Longer blobs are neither written nor read."""

MAX_BUNDLE_BYTES = 256 * 1024 * 1024
"""Longer bundles are refused unread."""

SPAN_BYTES = 4 * 1024 * 1024
"""The most that one request should ask for, so that several share the connection's time fairly."""

SPAN_GAP = 128 * 1024
"""Unwanted bytes that are cheaper to download than a further request."""


@define(kw_only=True)
class DamagedObjectError(ThatchError):
    """Bytes of a remote store are not what their name says; the tier turns this into a miss."""


@frozen
class PackName:
    """What the name of a pack says."""

    name: str
    digest: Digest
    """Of the head."""
    head_bytes: int
    """The length of the head, with which the pack begins."""


@frozen
class BundleName:
    """What the name of a bundle says."""

    name: str
    level: int
    """1: made of packs; more: made of bundles of the level below."""
    digest: Digest
    """Of the whole object."""


@frozen
class Place:
    """Where a blob lies."""

    pack: str
    digest: Digest
    offset: int
    """In bytes from the beginning of the pack."""
    stored: int
    """How many bytes it takes there."""
    size: int
    """How many bytes it has; compressed if these are more than are stored."""

    @property
    def end(self) -> int:
        """The offset behind the blob."""
        return self.offset + self.stored


@frozen
class Head:
    """What a pack holds."""

    entries: tuple[tuple[str, bytes], ...]
    """Each entry's key, and its bytes, which are only decoded when that key is asked for."""
    places: tuple[Place, ...]
    raw: bytes = field(repr=False)
    """The head as it is stored."""


@frozen
class Object:
    """An object to be stored."""

    name: str
    content: bytes = field(repr=False)


@frozen
class Bundle:
    """What a bundle holds."""

    covers: tuple[str, ...]
    """The bundles whose packs are all in this one."""
    heads: Mapping[str, bytes]
    """The stored heads by the names of their packs; not yet verified."""


@frozen
class Span:
    """A part of a pack to download in one request."""

    pack: str
    start: int
    end: int
    places: tuple[Place, ...]


def parse_name(name: str) -> PackName | BundleName | None:
    """What an object is; None for one of which this format knows nothing."""
    if match := _PACK.fullmatch(name):
        head_bytes = int(match[2])
        return PackName(name, match[1], head_bytes) if head_bytes <= MAX_HEAD_BYTES else None
    if match := _BUNDLE.fullmatch(name):
        return BundleName(name, int(match[1]), match[2])
    return None


def write_pack(entries: Sequence[Entry], blobs: Mapping[Digest, bytes]) -> Object:
    """A pack of these entries and blobs."""
    frames = [_deflate(content) for content in blobs.values()]
    sizes = zip(blobs.items(), frames, strict=True)
    lines = [
        _FIRST_LINE,
        *(b"E %s %s" % (entry.key.encode(), encode_entry(entry)) for entry in entries),
        *(b"B %s %d %d" % (digest.encode(), len(frame), len(content)) for (digest, content), frame in sizes),
    ]
    head = _compress(b"\n".join(lines))
    return Object(f"pack-{digest_of(head)}-{len(head)}", b"".join([head, *frames]))


def read_head(name: PackName, raw: bytes) -> Head:
    """The head of the pack of that name.  Raises DamagedObjectError for any other bytes."""
    if len(raw) != name.head_bytes or digest_of(raw) != name.digest:
        raise DamagedObjectError(message=f"The head of {name.name} is damaged.")
    try:
        lines = _lines(raw)
        entries = tuple(_entry_line(line) for line in lines if line.startswith(b"E "))
        blobs = [_blob_line(line) for line in lines if line.startswith(b"B ")]
    except (ValueError, zstandard.ZstdError) as problem:
        raise DamagedObjectError(message=f"The head of {name.name} makes no sense.", detail=str(problem)) from problem
    offsets = accumulate((stored for _, stored, _ in blobs), initial=name.head_bytes)
    places = (
        Place(name.name, digest, offset, stored, size)
        for (digest, stored, size), offset in zip(blobs, offsets, strict=False)
    )
    return Head(entries, tuple(places), raw)


def write_bundle(level: int, covers: Iterable[str], heads: Mapping[str, bytes]) -> Object:
    """A bundle of the heads of these packs; the same heads make the same object, whoever bundles them."""
    names = sorted(heads)
    first = json.dumps({"packs": names, "covers": sorted(covers)}, separators=(",", ":")).encode()
    content = b"".join([first, b"\n", *(heads[name] for name in names)])
    return Object(f"heads-{level}-{digest_of(content)}", content)


def read_bundle(name: BundleName, content: bytes) -> Bundle:
    """The bundle of that name.  Raises DamagedObjectError for any other bytes."""
    if digest_of(content) != name.digest:
        raise DamagedObjectError(message=f"{name.name} is damaged.")
    first, _, rest = content.partition(b"\n")
    try:
        fields = json.loads(first)
        packs = [_PACK.fullmatch(pack) for pack in fields["packs"]]
        covers = tuple(cover for cover in fields["covers"] if _BUNDLE.fullmatch(cover))
    except (ValueError, TypeError, LookupError, RecursionError) as problem:
        raise DamagedObjectError(message=f"{name.name} makes no sense.", detail=str(problem)) from problem
    heads, offset = {}, 0
    for match in filter(None, packs):
        end = offset + int(match[2])
        heads[match[0]] = rest[offset:end]
        offset = end
    return Bundle(covers, heads)


def read_blob(place: Place, stored: bytes) -> bytes:
    """The content of the blob that lies at a place.  Raises DamagedObjectError if these bytes are not it."""
    try:
        content = stored if place.stored == place.size else _decompress(stored, place.size)
    except (ValueError, zstandard.ZstdError) as problem:
        raise DamagedObjectError(message=f"A blob of {place.pack} is damaged.", detail=str(problem)) from problem
    if digest_of(content) != place.digest:
        raise DamagedObjectError(message=f"A blob of {place.pack} is damaged.")
    return content


def plan_spans(places: Collection[Place]) -> list[Span]:
    """The requests that download all of these blobs: neighbours together, no request much over `SPAN_BYTES`."""
    spans: list[list[Place]] = []
    for place in sorted(places, key=lambda place: (place.pack, place.offset)):
        if spans and _joins(spans[-1], place):
            spans[-1].append(place)
        else:
            spans.append([place])
    return [Span(group[0].pack, group[0].offset, group[-1].end, tuple(group)) for group in spans]


_FIRST_LINE = b"thatch pack 1"
_PACK = re.compile(r"pack-([0-9a-f]{64})-([1-9][0-9]{0,8})")
_BUNDLE = re.compile(r"heads-([1-9])-([0-9a-f]{64})")
_ENTRY_LINE = re.compile(rb"E ([0-9a-f]+) (.*)")
_BLOB_LINE = re.compile(rb"B ([0-9a-f]+) ([0-9]{1,10}) ([0-9]{1,10})")

_LEVEL = 3
"""Of zstd: a third of an interface's size remains, at hundreds of megabytes a second."""


def _lines(raw: bytes) -> list[bytes]:
    first, *lines = _decompress(raw, MAX_HEAD_BYTES).split(b"\n")
    if first != _FIRST_LINE:
        raise ValueError("not a pack")
    return lines


def _entry_line(line: bytes) -> tuple[str, bytes]:
    match = _ENTRY_LINE.fullmatch(line)
    if match is None:
        raise ValueError("a broken line of an entry")
    return match[1].decode(), match[2]


def _blob_line(line: bytes) -> tuple[Digest, int, int]:
    match = _BLOB_LINE.fullmatch(line)
    if match is None or not is_digest(match[1].decode()):
        raise ValueError("a broken line of a blob")
    stored, size = int(match[2]), int(match[3])
    if not stored <= size <= MAX_BLOB_BYTES:
        raise ValueError("a blob of impossible size")
    return match[1].decode(), stored, size


def _joins(group: list[Place], place: Place) -> bool:
    first, last = group[0], group[-1]
    near = place.offset - last.end <= SPAN_GAP
    return place.pack == last.pack and near and place.end - first.offset <= SPAN_BYTES


def _compress(content: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=_LEVEL).compress(content)


def _deflate(content: bytes) -> bytes:
    frame = _compress(content)
    return frame if len(frame) < len(content) else content


def _decompress(frame: bytes, most: int) -> bytes:
    # The frame's own claim decides how much memory is taken, so it is looked at first.
    claimed = zstandard.frame_content_size(frame)
    if not 0 <= claimed <= most:
        raise ValueError(f"{claimed} bytes are claimed where there can be {most}")
    return zstandard.ZstdDecompressor().decompress(frame, max_output_size=max(claimed, 1))
