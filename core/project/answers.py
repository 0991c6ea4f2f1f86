"""Answers of slow build tools, kept on disk for as long as what they were computed from stays the same."""

import functools
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import fields, frozen

from thatch.core.diagnostics import Diagnostic
from thatch.core.project.arguments import Call
from thatch.core.project.model import Project
from thatch.core.project.units import make_unit
from thatch.core.sealed import read_sealed, write_sealed

if TYPE_CHECKING:
    from cattrs.preconf.json import JsonConverter

FORMAT = 2
"""The version of the stored form: raise it when the classes below, or what they mean, change."""

ABSENT = "absent"
"""What stands for the content of a file that does not exist."""


@frozen(kw_only=True)
class Component:
    """A component as a build tool described it; its files are looked for anew each time it becomes a unit."""

    unit_id: str
    name: str
    """The component as a user would name it."""

    call: Call
    exposed: frozenset[str] = frozenset()
    """The modules that other units may import."""


@frozen(kw_only=True)
class Answer:
    """What a build tool said about a project."""

    components: tuple[Component, ...]
    diagnostics: tuple[Diagnostic, ...] = ()

    inputs: tuple[Path, ...] = ()
    """Files, other than the project's build descriptions, whose content the answer depends on."""

    generated: tuple[Path, ...] = ()
    """Folders and files that the build tool made and that the units need."""

    databases: tuple[Path, ...] = ()
    """Package databases that the answer depends on."""


@frozen(kw_only=True)
class Question:
    """What was asked: answers to different questions never meet."""

    folder: Path
    """Where the stored answer lives, with all that belongs to it."""

    files: tuple[Path, ...]
    """The files that the answer depends on, as far as they are known before it; some may not exist."""

    asked: tuple[str, ...]
    """The tool, its version, the compiler and everything else that is not a file and changes the answer."""


def load(question: Question) -> Answer | None:
    """The stored answer if nothing that it depends on has changed; damage is None.  Blocking: call it in a thread."""
    stored = read_sealed(_file(question))
    if stored is None or stored["format"] != FORMAT or stored["asked"] != list(question.asked):
        return None
    answer = from_json(stored["answer"])
    same = stored["files"] == _digests([*question.files, *answer.inputs]) and stored["databases"] == _states(
        answer.databases
    )
    return answer if same and all(path.exists() for path in answer.generated) else None


def store(question: Question, answer: Answer) -> None:
    """Keep an answer, replacing any older one to the same question at once.  Blocking: call it in a thread.

    A folder that cannot be written to only costs the next start its time.
    """
    stored = {
        "format": FORMAT,
        "asked": list(question.asked),
        "files": _digests([*question.files, *answer.inputs]),
        "databases": _states(answer.databases),
        "answer": to_json(answer),
    }
    write_sealed(_file(question), stored)


def to_project(answer: Answer, *, root: Path, cradle: str, ghc: Path, watched: Iterable[Path]) -> Project:
    """The project that an answer describes, with its modules as they are on disk now.  Blocking."""
    units = [
        make_unit(entry.call, unit_id=entry.unit_id, component=entry.name, exposed=entry.exposed)
        for entry in answer.components
    ]
    return Project(
        root=root,
        cradle=cradle,
        units=tuple(units),
        ghc=ghc,
        watched=tuple(dict.fromkeys([*watched, *answer.inputs])),
        diagnostics=answer.diagnostics,
    )


def digest_of_file(path: Path) -> str:
    """A hash of a file's content; `ABSENT` when it cannot be read.  Blocking."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ABSENT


def to_json(answer: Answer) -> Any:
    """An answer as what JSON can hold."""
    return {
        "components": [
            [entry.unit_id, entry.name, sorted(entry.exposed), _fields(entry.call)] for entry in answer.components
        ],
        "diagnostics": _converter().unstructure(answer.diagnostics) if answer.diagnostics else [],
        **{name: [str(path) for path in getattr(answer, name)] for name in _PATHS},
    }


def from_json(value: Any) -> Answer:
    """An answer from what `to_json` made of it."""
    return Answer(
        components=tuple(
            Component(unit_id=unit_id, name=name, exposed=frozenset(exposed), call=_call(call))
            for unit_id, name, exposed, call in value["components"]
        ),
        diagnostics=_converter().structure(value["diagnostics"], tuple[Diagnostic, ...])
        if value["diagnostics"]
        else (),
        **{name: tuple(map(Path, value[name])) for name in _PATHS},
    )


_PATHS = ("inputs", "generated", "databases")


def _fields(call: Call) -> dict[str, Any]:
    found = {field.name: getattr(call, field.name) for field in fields(Call)}
    return {**found, "directory": str(call.directory)}


def _call(value: dict[str, Any]) -> Call:
    texts: dict[str, Any] = {name: tuple(found) if isinstance(found, list) else found for name, found in value.items()}
    return Call(**(texts | {"directory": Path(value["directory"])}))


def _file(question: Question) -> Path:
    return question.folder / "answer.json"


def _digests(paths: Iterable[Path]) -> dict[str, str]:
    return {str(path): digest_of_file(path) for path in paths}


def _states(databases: Iterable[Path]) -> dict[str, str]:
    """What changes whenever a package is registered: `ghc-pkg` rewrites the cache file."""
    states = {}
    for database in databases:
        try:
            state = (database / "package.cache").stat()
        except OSError:
            states[str(database)] = ABSENT
        else:
            states[str(database)] = f"{state.st_mtime_ns} {state.st_size}"
    return states


@functools.cache
def _converter() -> "JsonConverter":
    # Not loaded where nothing is complained of: that would take a twentieth of a warm check.
    from cattrs.preconf.json import make_converter

    converter = make_converter(forbid_extra_keys=True)
    converter.register_unstructure_hook(Path, str)
    converter.register_structure_hook(Path, lambda value, _: Path(value))
    return converter
