"""Answers of build tools for every checkout with the same content: a copy of a project need not ask again.

    <folder>/<hash of what was asked, and of all files that the answer depends on>.json    see thatch.core.sealed

The same JSON goes to the store that machines share, if there is one, and comes from there.

Paths in the project, and in the folder where the build tool's own files are kept, are stored by placeholders; what the
build tool generated is stored with the answer.  Whether an answer may be kept at all is for its build tool's module to
say: here it is only made sure that no path is left in it that would lead back to another checkout.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from attrs import fields, frozen

from thatch.core.project.answers import ABSENT, FORMAT, Answer, Component, Question, digest_of_file, from_json, to_json
from thatch.core.project.arguments import Call
from thatch.core.sealed import read_sealed, write_sealed

MOST_KEPT = 200
"""How many answers are kept; the longest unused go first."""

MOST_BYTES = 4_000_000
"""How much a build tool may have generated for an answer that is kept."""

MOST_STORED = 4 * MOST_BYTES
"""How long an answer from elsewhere may be; longer ones are not read."""

PREFIXES = ("", "-i", "-I", "-optP", "-optP-I", "-optc", "-optc-I", "-optcxx-I", "-package-db=", "-L", "-optl-L")
"""What may stand before an absolute path in a flag."""

UNREAD = (".a", ".so", ".dylib", ".o", ".hi", ".hie")
"""The ends of names of generated files that sessions do not read."""


class AnswerStore(Protocol):
    """Where answers are kept besides, for other machines perhaps; both methods block, and nothing is raised."""

    def answer(self, key: str) -> bytes | None:
        """What is kept under a key of hex digits; None if there is nothing."""

    def keep_answer(self, key: str, content: bytes) -> None:
        """Keep something under a key; best effort."""


@frozen(kw_only=True)
class Checkout:
    """A question about a project in one place."""

    question: Question

    root: Path
    """The project, absolute."""

    shared: Path
    """Where the answers for all checkouts are kept."""

    surroundings: tuple[str, ...]
    """What the answer depends on besides the question, outside the project."""

    store: AnswerStore | None = None
    """Who else may know the answer."""


@frozen
class Found:
    """An answer, with the paths of the checkout that asks, and what belongs to it."""

    answer: Answer

    generated: dict[Path, bytes | None]
    """Files, and folders as None, that sessions need; they do not exist yet."""


class NotPortableError(Exception):
    """An answer means something in one checkout only."""


def find(checkout: Checkout) -> Found | None:
    """The answer for another checkout of the same content; None if there is none that holds here.  Blocking."""
    try:
        key = _key(checkout)
    except (NotPortableError, OSError):
        return None
    path = _file(checkout, key)
    found = _read(checkout, read_sealed(path))
    if found:
        with suppress(OSError):
            os.utime(path)
        return found
    return _find_elsewhere(checkout, key)


def restore(found: Found) -> bool:
    """Write what the build tool would have generated; whether that could be done.  Blocking."""
    try:
        for path, content in found.generated.items():
            folder = path if content is None else path.parent
            folder.mkdir(parents=True, exist_ok=True)
            if content is not None:
                path.write_bytes(content)
                # Older than any source: build tools that are asked again after all make it anew.
                os.utime(path, (1, 1))
    except OSError:
        return False
    return True


def keep(checkout: Checkout, answer: Answer) -> None:
    """Keep an answer for other checkouts, if it holds for them.  Blocking; best effort."""
    try:
        key = _key(checkout)
        generated = {str(place): data for place, data in _generated(answer, checkout.question.folder)}
        for data in generated.values():
            _make_sure(data or b"", checkout)
        value = {
            "answer": to_json(answer),
            "inputs": [[str(name), digest_of_file(name)] for name in answer.inputs],
            "databases": [[str(name), _database(name)] for name in answer.databases],
            "generated": [[name, None if data is None else data.decode("latin-1")] for name, data in generated.items()],
        }
        portable = _map(value, [(str(place), mark) for place, mark in _places(checkout)])
    except (NotPortableError, OSError):
        return
    _write(checkout, key, portable)
    if checkout.store:
        checkout.store.keep_answer(key, json.dumps(portable, sort_keys=True, separators=(",", ":")).encode())


def _find_elsewhere(checkout: Checkout, key: str) -> Found | None:
    content = checkout.store.answer(key) if checkout.store else None
    if content is None or len(content) > MOST_STORED:
        return None
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    found = _read(checkout, value)
    if found:
        _write(checkout, key, value)
    return found


def _write(checkout: Checkout, key: str, portable: Any) -> None:
    if write_sealed(_file(checkout, key), portable):
        _drop_oldest(checkout.shared)


_ROOT, _FOLDER = "\0root", "\0folder"


def _places(checkout: Checkout) -> list[tuple[Path, str]]:
    # The folder comes first, as it may lie in the project.
    return [(checkout.question.folder, _FOLDER), (checkout.root, _ROOT)]


def _file(checkout: Checkout, key: str) -> Path:
    return checkout.shared / f"{key}.json"


def _key(checkout: Checkout) -> str:
    """What an answer is found by, as hex; raises NotPortableError and OSError."""
    root, question = checkout.root, checkout.question
    if root.resolve() != root or len(root.parts) == 1:
        # Build tools tell the place that a link leads to, which would not be recognised.
        raise NotPortableError
    digest = hashlib.blake2b(digest_size=16)
    for part in (str(FORMAT), *question.asked, "\0surroundings", *checkout.surroundings, "\0files"):
        digest.update(f"{len(part)}:{part}".encode("utf-8", "surrogateescape"))
    for path in sorted(question.files):
        name = f"{_ROOT}/{path.relative_to(root)}" if path.is_relative_to(root) else str(path)
        digest.update(f"{len(name)}:{name}{digest_of_file(path)}".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _read(checkout: Checkout, value: Any) -> Found | None:
    """The answer that a stored value is, if it holds here; None for anything else, however hostile."""
    try:
        return _found(checkout, value) if value is not None else None
    except (NotPortableError, OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None


def _found(checkout: Checkout, value: Any) -> Found | None:
    here = _map(value, [(mark, str(place)) for place, mark in _places(checkout)])
    # What was complained of is not kept.
    answer = from_json({**here["answer"], "diagnostics": []})
    folder = checkout.question.folder
    generated = {Path(name): None if text is None else text.encode("latin-1") for name, text in here["generated"]}
    found = Found(answer, generated)
    if not _is_sound(found, checkout) or not _names_its_inputs(answer, here):
        return None
    same = all(digest_of_file(Path(name)) == digest for name, digest in here["inputs"]) and all(
        _database(Path(name)) == digest for name, digest in here["databases"] if not Path(name).is_relative_to(folder)
    )
    return found if same else None


def _is_sound(found: Found, checkout: Checkout) -> bool:
    """Whether an answer is made of what it should be, and leads to no place but its own: others may have written it."""
    answer, root, folder = found.answer, checkout.root, checkout.question.folder
    return (
        all(map(_is_component, answer.components))
        and all(_lies_in(component.call.directory, root) for component in answer.components)
        and all(_lies_in(path, root) for path in answer.inputs)
        and all(_lies_in(path, folder) for path in (*answer.generated, *found.generated))
    )


def _is_component(component: Component) -> bool:
    texts = (component.unit_id, component.name, *component.exposed)
    parts = [(getattr(component.call, field.name), getattr(_EMPTY, field.name)) for field in fields(Call)]
    return _are_texts(texts) and all(
        type(part) is type(empty) and (not isinstance(part, tuple) or _are_texts(part)) for part, empty in parts
    )


_EMPTY = Call(directory=Path(), flags=(), source_dirs=(), package_ids=(), package_dbs=(), targets=())


def _are_texts(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def _lies_in(path: Path, folder: Path) -> bool:
    return path.is_relative_to(folder) and ".." not in path.parts


def _names_its_inputs(answer: Answer, here: Any) -> bool:
    """Whether the content of just those files is known that the answer depends on."""
    named = [[Path(name) for name, _ in here[kind]] for kind in ("inputs", "databases")]
    return named == [list(answer.inputs), list(answer.databases)]


def _map(value: Any, texts: Sequence[tuple[str, str]]) -> Any:
    """A value with texts at the beginning of paths replaced; raises NotPortableError where they stand elsewhere."""
    match value:
        case str():
            return _map_text(value, texts)
        case list() | tuple():
            return [_map(item, texts) for item in value]
        case dict():
            return {key: _map(item, texts) for key, item in value.items()}
        case _:
            return value


def _map_text(value: str, texts: Sequence[tuple[str, str]]) -> str:
    for old, new in texts:
        if old in value:
            before, _, after = value.partition(old)
            if before not in PREFIXES or after[:1] not in {"", "/"} or old in after:
                raise NotPortableError
            value = f"{before}{new}{after}"
    return value


def _generated(answer: Answer, folder: Path) -> Iterator[tuple[Path, bytes | None]]:
    """What the answer refers to in the build tool's folder."""
    n_bytes = 0
    for top in sorted(set(_referred(answer, folder))):
        files = sorted(path for path in top.rglob("*") if path.is_file()) if top.is_dir() else [top]
        if top.is_dir():
            yield top, None
        for path in files:
            if path.is_file() and path.suffix not in UNREAD:
                data = path.read_bytes()
                n_bytes += len(data)
                if n_bytes > MOST_BYTES:
                    raise NotPortableError
                yield path, data


def _referred(answer: Answer, folder: Path) -> Iterator[Path]:
    for component in answer.components:
        call = component.call
        for text in (*call.flags, *call.source_dirs):
            before, found, after = text.partition(str(folder))
            if found and before in PREFIXES:
                yield Path(found + after)
    for database in answer.databases:
        if database.is_relative_to(folder):
            # An empty one is made as easily as any file; packages in it would have to be built.
            if any(database.glob("*.conf")):
                raise NotPortableError
            yield database


def _make_sure(data: bytes, checkout: Checkout) -> None:
    """That a generated file names no place of this checkout; else it raises NotPortableError."""
    if any(str(place).encode("utf-8", "surrogateescape") in data for place, _ in _places(checkout)):
        raise NotPortableError


def _database(folder: Path) -> str:
    """The content of a package database, which copies share and time stamps would not."""
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix == ".conf")
    except OSError:
        return ABSENT
    return _joined(f"{path.name} {digest_of_file(path)}" for path in files)


def _joined(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode("utf-8", "surrogateescape")).hexdigest()


def _drop_oldest(folder: Path) -> None:
    with suppress(OSError):
        files = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in files[MOST_KEPT:]:
            path.unlink(missing_ok=True)
