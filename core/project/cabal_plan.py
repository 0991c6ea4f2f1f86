"""What cabal's `plan.json` and package registrations add to the recorded calls.  Blocking: call it in a thread."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from posixpath import normpath
from typing import Any

from attrs import evolve, frozen

from thatch.core.project.answers import Component
from thatch.core.project.arguments import Call
from thatch.core.project.listings import Listings

GENERATED_FROM = (".hsc", ".chs", ".x", ".y", ".ly", ".cpphs", ".gc")
"""Suffixes of the files that cabal runs preprocessors on."""


@frozen(kw_only=True)
class Planned:
    """A package or component that cabal builds in the project's build folder."""

    id: str
    package: str
    dist: Path
    """Its part of the build folder."""

    directory: Path | None
    """The package's folder, if it is a local one."""

    components: tuple[str, ...]
    """The components, such as `lib` and `exe:two`: one, unless the package has a custom build."""

    whole: bool
    """Whether it is a whole package, built by its own set-up program."""


def read_plan(build: Path) -> tuple[Planned, ...]:
    """What cabal planned to build in a build folder; empty when it made no plan.

    The format is cabal-install's `plan.json` (3.10 to 3.14).
    """
    try:
        plan = json.loads((build / "cache" / "plan.json").read_text("utf-8"))
        return tuple(_planned(entry) for entry in plan["install-plan"] if "dist-dir" in entry)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ()


def match(plan: Iterable[Planned], calls: Iterable[Call], build: Path) -> Iterator[tuple[Planned, Component]]:
    """The planned components that were compiled, each with its last call; calls of older plans are left out."""
    chosen: dict[tuple[Planned, str], Call] = {}
    entries = sorted(plan, key=lambda entry: len(entry.dist.parts), reverse=True)
    # With profiling a library is compiled twice; the ordinary call is wanted.
    for call in sorted(calls, key=lambda call: not call.profiled):
        output = Path(call.output)
        entry = next((entry for entry in entries if output.is_relative_to(entry.dist / "build")), None)
        if entry is not None and call.targets:
            chosen[entry, output.relative_to(entry.dist / "build").as_posix()] = call
    for (entry, inner), call in chosen.items():
        yield entry, _component(entry, inner, call, build)


def closed(plan: Iterable[Planned], components: Iterable[Component]) -> tuple[Component, ...]:
    """The components without those that have module holes, or that need a package of the plan that is not there."""
    planned = {entry.id for entry in plan}
    kept = [component for component in components if not component.call.backpack]
    while True:
        absent = planned - {component.unit_id for component in kept}
        fit = [component for component in kept if absent.isdisjoint(component.call.package_ids)]
        if len(fit) == len(kept):
            return tuple(kept)
        kept = fit


def package_files(plan: Iterable[Planned]) -> Iterator[Path]:
    """The `.cabal` files of the local packages."""
    for directory in {entry.directory for entry in plan if entry.directory}:
        yield from directory.glob("*.cabal")


def preprocessed(components: Iterable[Component], build: Path) -> Iterator[Path]:
    """The sources of preprocessors among the components' modules."""
    files = Listings()
    for component in components:
        call = component.call
        folders = [call.directory / folder for folder in call.source_dirs]
        own = [folder for folder in folders if not folder.is_relative_to(build)]
        for target in call.targets:
            relative = re.sub(r"\.l?hs$", "", target) if "/" in target else target.replace(".", "/")
            for folder in own:
                names = (f"{relative}{suffix}" for suffix in GENERATED_FROM)
                yield from (folder / name for name in names if files.has_file(f"{folder}/{name}"))


def generated(components: Iterable[Component], build: Path) -> Iterator[Path]:
    """The folders below the build folder that the components refer to and that exist."""
    for component in components:
        call = component.call
        folders = {call.directory / folder for folder in call.source_dirs}
        macros = {Path(flag.removeprefix("-optP")) for flag in call.flags if flag.startswith("-optP/")}
        yield from (path for path in folders | macros if path.is_relative_to(build) and path.exists())


def exposed_modules(registration: str) -> frozenset[str]:
    """The field `exposed-modules` of a package registration, without what it re-exports from elsewhere."""
    field = re.search(r"^exposed-modules:((?:[^\n]*\n)(?:[ \t]+[^\n]*\n)*)", registration, re.MULTILINE)
    if field is None:
        return frozenset()
    own = re.sub(r"[\w'.]+\s+from\s+[^\s,]+", "", field[1])
    return frozenset(own.replace(",", " ").split())


def _planned(entry: dict[str, Any]) -> Planned:
    source = entry.get("pkg-src", {})
    path = source.get("path") if source.get("type") == "local" else None
    whole = "components" in entry
    names = [name for name in entry["components"] if name != "setup"] if whole else [entry["component-name"]]
    return Planned(
        id=entry["id"],
        package=entry["pkg-name"],
        dist=Path(entry["dist-dir"]),
        directory=Path(normpath(path)) if path else None,
        components=tuple(names),
        whole=whole,
    )


def _component(entry: Planned, inner: str, call: Call, build: Path) -> Component:
    name = _component_name(entry, inner)
    unit_id = call.unit_id
    if not unit_id:
        unit_id = f"{entry.id}-{name.partition(':')[2]}" if entry.whole else entry.id
    exposed: frozenset[str] = frozenset()
    for registration in build.glob(f"packagedb/*/{unit_id}.conf"):
        exposed = exposed_modules(registration.read_text("utf-8", "replace"))
    if name == "lib" and "-this-package-name" not in call.flags:
        # A home unit has no package of which `import "name" Module` could know the name (cabal tells it from 3.12 on).
        call = evolve(call, flags=(*call.flags, "-this-package-name", entry.package))
    return Component(unit_id=unit_id, name=f"{entry.package}:{name}", call=call, exposed=exposed)


def _component_name(entry: Planned, inner: str) -> str:
    """The component by where it writes below its `build`: `.` is the library, `two/two-tmp` the program `two`."""
    if not entry.whole:
        return entry.components[0]
    if inner == ".":
        return "lib"
    folder = inner.partition("/")[0]
    named = (name for name in entry.components if name.partition(":")[2] == folder)
    return next(named, f"exe:{folder}" if "/" in inner else f"lib:{folder}")
