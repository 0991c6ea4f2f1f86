"""What cabal's complaints mean: which file and line, which dependency, which source file; pure.

The forms are those of cabal-install 3.10 to 3.14, asked not to wrap its lines.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import frozen

from thatch.core.diagnostics import Diagnostic, Severity, Span
from thatch.core.errors import CradleError

NOT_COMPILED = "This program is part of the project and was not compiled"
"""What the stand-in for a program of the project prints when somebody runs it."""

_PLACE = re.compile(
    r"^(?:Error: )?(?:cabal: )?(?:Error parsing project file )?"
    r"(?P<file>[^\n:]*?[^\n:/]*(?:\.cabal|\.project(?:\.\w+)?|\.config)):(?P<line>\d+)(?::(?P<column>\d+))?:"
    r"(?: error:)?[ ]?(?P<rest>[^\n]*)\n(?P<more>(?:[^\n]+\n)*)",
    re.MULTILINE,
)
_PARSED_FILE = re.compile(r"Errors encountered when parsing cabal file (?P<file>.+):$", re.MULTILINE)
_UNKNOWN = re.compile(r"unknown package: (?P<name>\S+) \(dependency of (?P<users>[^)]+)\)")
_REJECTED = re.compile(
    r"rejecting: [^(\n]+\(conflict: (?P<users>[^=\n]+?) => (?P<name>[\w-]+(?::[\w-]+)*)(?P<range>[^)]*)\)"
)
_NO_SOURCE = re.compile(r"can't find source for (?P<name>\S+) in (?P<folders>[^\n]*)")
_NETWORK = re.compile(
    r"could not resolve host|DnsHostNotFound|No mirrors found|network|connection|curl|wget|01-index|"
    r"package list|cabal update",
    re.IGNORECASE,
)


_READ = re.compile(
    r"^(?P<warns>Warning: )?(?P<file>[^\n:]+\.cabal):(?P<line>\d+):(?P<column>\d+):(?P<kind> error:| warning:)?"
    r"[ ]?(?P<rest>[^\n]*)\n?(?P<more>(?:(?!Warning: |Errors encountered)[^\n]+\n?)*)",
    re.MULTILINE,
)
"""A complaint about a `.cabal` file as `cabal check` prints it; its text goes on up to an empty line."""

_ALL_AGAIN = "Errors encountered when parsing cabal file"
"""Behind this, errors and warnings are told apart; before it, and without it, everything is called a warning."""


@frozen
class Complaint:
    """Something that cabal says of a place of a `.cabal` file that it read."""

    line: int
    """1-based; 0 if it is about all of the file."""

    column: int
    """1-based, in characters; a tab is one."""

    is_error: bool
    text: str


def complaints(said: str) -> list[Complaint]:
    """What cabal says of a `.cabal` file that it only read, asked not to wrap its lines (3.10 and 3.12)."""
    _, again, rest = said.partition(_ALL_AGAIN)
    found = []
    for match in _READ.finditer(rest if again else said):
        # What follows a warning is not about it: cabal goes on to its advice for packages that are to be published.
        more = _sentence(match["more"]) if match["kind"] else ()
        text = "\n".join(part.strip() for part in (match["rest"], *more) if part.strip())
        is_error = match["kind"] == " error:"
        found.append(Complaint(int(match["line"]), int(match["column"]), is_error, text))
    return list(dict.fromkeys(found))


@frozen
class Unmet:
    """A dependency that cabal's solver could not meet."""

    name: str
    """The package, without its version range."""

    range: str
    """The version range asked for, or empty when there is no such package at all."""

    user: str
    """The package of the project that asks for it, or empty."""

    stanza: str
    """`test suites`, `benchmarks` or empty: what of the package asks for it."""

    @property
    def sentence(self) -> str:
        """What is wrong, for the user."""
        user = f"The {self.stanza} of {self.user}" if self.stanza else self.user or "The project"
        verb = "need" if self.stanza else "needs"
        if self.range:
            return f"{user} {verb} {self.name} {self.range}, and no version that is installed or known fits."
        return f"{user} {verb} {self.name}, which is neither installed nor known to cabal."


def is_solver_failure(said: str) -> bool:
    """Whether cabal found no set of packages that fits together."""
    return "Could not resolve dependencies" in said


def is_network_failure(said: str) -> bool:
    """Whether cabal may have failed for want of a package index or the network."""
    return _NETWORK.search(said) is not None


def unavailable_targets(said: str) -> set[str]:
    """Which of the targets `all:tests` and `all:benchmarks` cabal refused because there are none to build."""
    refused = {"all:tests": "all the test suites", "all:benchmarks": "all the benchmarks"}
    return {target for target, words in refused.items() if f"Cannot build {words}" in said}


def unmet_dependency(said: str) -> Unmet | None:
    """The first dependency that a solver's account names as missing or as not fitting."""
    if match := _UNKNOWN.search(said):
        return Unmet(_package(match["name"]), "", *_user(match["users"]))
    if match := _REJECTED.search(said):
        return Unmet(_package(match["name"]), match["range"].strip(), *_user(match["users"]))
    return None


def missing_sources(said: str, build: Path) -> Iterator[tuple[str, Path]]:
    """The modules without a file that stopped components, with a folder below `build` where cabal looked for each.

    Modules are named like files: `Data/Foo`.
    """
    for match in _NO_SOURCE.finditer(said):
        folders = (Path(part.strip()) for part in match["folders"].split(","))
        generated = next((folder for folder in folders if folder.is_relative_to(build)), None)
        name = Path(match["name"])
        if generated is not None and not name.is_absolute() and ".." not in name.parts:
            yield match["name"], generated


def line_naming(text: str, name: str) -> Span | None:
    """The first place in a build description that names a package, outside comments."""
    pattern = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    for number, line in enumerate(text.split("\n"), start=1):
        if line.lstrip().startswith("--") or re.match(r"\s*name\s*:", line, re.IGNORECASE):
            continue
        if match := pattern.search(line):
            return Span(number, match.start() + 1, number, match.end() + 1)
    return None


def cradle_error(said: str, root: Path, files: Mapping[Path, str]) -> CradleError:
    """The error for a failed run of cabal: what it said, and where, as far as it can be told.

    `files` are the project's build descriptions with their texts; relative paths are relative to `root`.
    """
    if match := _PLACE.search(said):
        header = _PARSED_FILE.search(said)
        path = _described(header["file"] if header else match["file"], root, files)
        text = " ".join(part.strip() for part in (match["rest"], *_sentence(match["more"])) if part.strip())
        return CradleError(
            message=f"cabal cannot read {path.name}: {text or 'it is malformed'}.",
            remedy="Correct the file.",
            detail=said,
            path=path,
            line=int(match["line"]),
        )
    unmet = unmet_dependency(said) if is_solver_failure(said) else None
    if unmet is not None:
        place = place_of(unmet, files)
        return CradleError(
            message=unmet.sentence,
            remedy=f"Install {unmet.name}, run `cabal update` if it is new, or change the dependency.",
            detail=said,
            path=place[0] if place else None,
            line=place[1].start_line if place else 1,
        )
    project = next((path for path in files if path.name == "cabal.project"), next(iter(files), None))
    return CradleError(
        message="cabal could not describe the project.",
        remedy="Run `cabal build all --dry-run` in the project and correct what it complains of.",
        detail=said,
        path=project,
    )


def left_out(unmet: Unmet, said: str, files: Mapping[Path, str], fallback: Path) -> Diagnostic:
    """The warning that test suites or benchmarks are not part of the session for want of a dependency."""
    path, span = place_of(unmet, files) or (fallback, None)
    return Diagnostic(
        path=path,
        span=span,
        severity=Severity.WARNING,
        message=f"{unmet.sentence} Test suites and benchmarks that need it are left out.",
        context=(said.strip(),),
        source="cabal",
    )


def not_prepared(component: str, said: str) -> str:
    """Why a component is not part of the session, for the user."""
    if NOT_COMPILED in said:
        return (
            f"{component} is left out: building it runs a program of the project itself, and thatch compiles none. "
            "Its modules can only be checked once that program is installed or its output is kept in the project."
        )
    reasons = [line.removeprefix("cabal: ") for line in re.findall(r"^Error: (.+)$", said, re.MULTILINE)]
    own = [line for line in reasons if not line.startswith("Failed to build")]
    return f"{component} is left out: {own[0] if len(own) == 1 else 'cabal could not get it ready'}."


def without_noise(said: str) -> str:
    """What cabal said, without the warning that a configuration written by thatch provokes."""
    return re.sub(r"^Warning: No remote package servers[^\n]*\n?", "", said, flags=re.MULTILINE)


def place_of(unmet: Unmet, files: Mapping[Path, str]) -> tuple[Path, Span] | None:
    """Where the build description of the package that asks for a dependency names it."""
    own = [path for path in files if path.suffix == ".cabal" and path.stem == unmet.user]
    for path in [*own, *(path for path in files if path not in own)]:
        if span := line_naming(files[path], unmet.name):
            return path, span
    return None


def _package(name: str) -> str:
    """The package in a solver's name for a goal: `tool:happy:exe.happy` stands for happy, `setup.Cabal` for Cabal."""
    parts = [part for part in name.split(":") if not part.startswith("exe.")]
    return parts[-1].removeprefix("setup.")


def _user(users: str) -> tuple[str, str]:
    first = users.partition(",")[0].strip()
    name = re.split(r"[\s:]", first)[0]
    stanzas = {"test": "test suites", "bench": "benchmarks"}
    return name, next((word for key, word in stanzas.items() if f"*{key}" in first), "")


def _sentence(more: str) -> Iterator[str]:
    """The lines of a parser's complaint, without the position it repeats and the excerpt of the file."""
    for line in more.splitlines():
        if re.match(r"\s*\d*\s*\|", line):
            return
        if not re.match(r'"[^"]*" \(line', line):
            yield line


def _described(name: str, root: Path, files: Mapping[Path, str]) -> Path:
    path = root / name
    return next((known for known in files if known == path or known.name == name), path)
