"""When an answer of cabal holds for every checkout of the same content, and what it depends on outside of them.

What cannot be known is left to cabal: sources and packages from the network, programs of the project that run while it
is built, system libraries, preprocessors that read more than one file.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from thatch.core.project.answers import Answer, digest_of_file
from thatch.core.project.cabal_config import config_path
from thatch.core.project.cabal_plan import Planned

TOOLS = ("gcc", "ld", "strip", "pkg-config", "alex", "happy", "hscolour", "cpphs", "c2hs", "doctest", "tar")
"""Programs whose versions cabal writes into what it generates, or whose output it keeps."""

SELF_CONTAINED = (".x", ".y", ".ly")
"""Suffixes of sources whose preprocessor reads no other file of the project."""

VARIABLES = re.compile(
    r"PATH|HOME|XDG_(CONFIG|CACHE|STATE|DATA)_HOME|CC|CPP|LD|AR|\w+FLAGS|CPATH|C_INCLUDE_PATH|L\w*IBRARY_PATH"
    r"|(CABAL|GHC|PKG_CONFIG)\w*"
)
"""Names of the parts of the environment that cabal, or what it runs, looks at."""

_BEYOND = re.compile(
    r"://|^\s*(source-repository-package|repository|program-locations|extra-prog-path|[\w-]+-location)\b", re.MULTILINE
)
"""What leads out of a project file: to other machines, to programs of its choice."""

_DESCRIBES_PACKAGES = (".cabal", ".hs", ".lhs", ".yaml")
"""Suffixes of the build descriptions that are no project files."""

_NOINDEX = re.compile(r"\+noindex")

_OPEN_ENDED = re.compile(
    r"^\s*(build-type\s*:\s*(?!simple\s*$)\S|pkgconfig-depends\s*:|code-generators\s*:)", re.IGNORECASE | re.MULTILINE
)
"""What makes a package depend on more than its description: programs of its own, system libraries."""


def may_be_kept(answer: Answer, plan: Iterable[Planned], texts: Mapping[Path, str], root: Path) -> bool:
    """Whether an answer follows from the question and its surroundings alone.

    `texts` are the build descriptions known before cabal was asked.
    """
    described = {path.parent for path in texts if path.suffix == ".cabal" and path.is_relative_to(root)}
    return (
        not answer.diagnostics
        and all(entry.directory in described and not entry.whole for entry in plan)
        and all(path.suffix in SELF_CONTAINED and path.is_relative_to(root) for path in answer.inputs)
        and all(component.call.directory.is_relative_to(root) for component in answer.components)
        and not any(map(_is_open_ended, texts, texts.values()))
        and not _NOINDEX.search(_read(config_path()))
    )


def surroundings(project_file: Path) -> tuple[str, ...] | None:
    """What cabal's answer depends on outside a checkout; None if that cannot be known.  Blocking.

    These are the environment, the tools, the state of the package index, and that no other project is around.
    """
    if not project_file.is_file() and any((folder / "cabal.project").exists() for folder in project_file.parents[1:]):
        # cabal would take that one.
        return None
    variables = {name: value for name, value in os.environ.items() if VARIABLES.fullmatch(name)}
    if "PATH" in variables:
        # A folder that stands there twice is only looked into once.
        variables["PATH"] = ":".join(dict.fromkeys(variables["PATH"].split(":")))
    found = [f"{name}={value}" for name, value in sorted(variables.items())]
    return (*found, *_programs(), *_index())


def _is_open_ended(path: Path, text: str) -> bool:
    bare = re.sub(r"^\s*--.*$", "", text, flags=re.MULTILINE)
    if path.suffix == ".cabal":
        return bool(_OPEN_ENDED.search(bare))
    return path.suffix not in _DESCRIBES_PACKAGES and bool(_BEYOND.search(bare))


def _programs() -> Iterator[str]:
    """The tools that cabal may find, where it looks for them."""
    config = re.sub(r"^\s*--.*$", "", _read(config_path()), flags=re.MULTILINE)
    named = re.findall(r"^[ \t]*[\w-]+-location[ \t]*:[ \t]*(\S+)", config, re.MULTILINE)
    folders = re.findall(r"^[ \t]*extra-prog-path[ \t]*:[ \t]*(\S.*)", config, re.MULTILINE)
    places = [os.environ.get("PATH", ""), *(part for line in folders for part in re.split(r"[\s,]+", line))]
    found = [shutil.which(name, path=place) for place in places for name in TOOLS]
    for path in [*named, *filter(None, found)]:
        yield f"{path} {digest_of_file(Path(path))}"


def _index() -> Iterator[str]:
    """The state of the downloaded package lists: they only grow."""
    for folder in _index_folders():
        for path in sorted([*folder.glob("*/0?-index.tar"), *folder.glob("*/01-index.timestamp")]):
            size = path.stat().st_size
            yield f"{path} {size} {digest_of_file(path) if path.suffix == '.timestamp' else _end(path)}"


def _index_folders() -> list[Path]:
    named = re.findall(r"^[ \t]*remote-repo-cache[ \t]*:[ \t]*(\S+)", _read(config_path()), re.MULTILINE)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cabal"
    old = Path(os.environ.get("CABAL_DIR") or Path.home() / ".cabal")
    return [*(Path(name).expanduser() for name in named), cache / "packages", old / "packages"]


def _end(path: Path) -> str:
    """A hash of the end of a file that is only ever appended to."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2**16))
        return hashlib.sha256(file.read()).hexdigest()


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""
