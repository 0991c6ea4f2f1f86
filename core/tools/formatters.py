"""Which formatter is wanted for a file, and how it is asked; nothing is run here."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from attrs import frozen

from thatch.core.errors import ThatchError

OFF = "off"
"""The setting that wants no formatter."""


@frozen
class Lines:
    """Some lines of a text, 1-based."""

    first: int
    last: int


@frozen
class Request:
    """A text to be formatted."""

    path: Path
    """The file it is of; it is read by nobody."""

    extensions: tuple[str, ...] = ()
    """The language extensions that its unit switches on."""

    lines: Lines | None = None
    """The lines to format; None for all."""


@frozen
class Formatter:
    """A kind of formatter."""

    name: str
    """Of its program."""

    configs: tuple[str, ...]
    """The names of files by which a project says that it uses it."""

    arguments: Callable[[Request], Sequence[str]]
    """With which it reads the text from its input and writes it to its output."""

    formats_lines: bool
    """Whether it can be told to format some lines only."""

    reads_literate: bool
    """Whether it knows literate Haskell."""


@frozen
class Choice:
    """The formatter for a file."""

    formatter: Formatter

    program: str
    """Its path, or its name on PATH."""

    reason: str
    """Why it is this one, as a part of a sentence."""


def _ormolu(request: Request) -> Sequence[str]:
    extensions = [part for name in request.extensions for part in ("--ghc-opt", f"-X{name}")]
    lines = request.lines
    region = ["--start-line", str(lines.first), "--end-line", str(lines.last)] if lines else []
    return ["--color", "never", "--stdin-input-file", str(request.path), *extensions, *region]


FORMATTERS = (
    Formatter("fourmolu", ("fourmolu.yaml",), _ormolu, formats_lines=True, reads_literate=False),
    Formatter("ormolu", (".ormolu",), _ormolu, formats_lines=True, reads_literate=False),
    Formatter("stylish-haskell", (".stylish-haskell.yaml",), lambda _: (), formats_lines=False, reads_literate=True),
)
"""In the order in which they are looked for on PATH."""

CONFIGS: Mapping[str, Formatter] = {config: each for each in FORMATTERS for config in each.configs}


def choose(setting: str, config: Path | None, installed: Iterable[str]) -> Choice:
    """The formatter that a setting names, else the one whose configuration is there, else one that is installed.

    `config` is the nearest file that is named as one of `CONFIGS`, `installed` the names of those on PATH.
    Raises `ThatchError` if none is wanted or there is none.
    """
    if setting == OFF:
        raise ThatchError(message="Formatting is switched off.", remedy="The setting thatch.formatter is `off`.")
    if setting:
        kind = next((each for each in FORMATTERS if each.name == Path(setting).name), None)
        if kind is None:
            known = ", ".join(each.name for each in FORMATTERS)
            raise ThatchError(message=f"thatch knows no formatter {setting}.", remedy=f"It knows {known}.")
        return Choice(kind, setting, "the setting thatch.formatter names it")
    if config:
        kind = CONFIGS[config.name]
        return Choice(kind, kind.name, f"there is {config}")
    on_path = set(installed)
    found = next((each for each in FORMATTERS if each.name in on_path), None)
    if found is None:
        known = ", ".join(each.name for each in FORMATTERS)
        raise ThatchError(
            message="There is no formatter on PATH.",
            remedy=f"Install one of {known}, or set thatch.formatter to the path of one.",
        )
    return Choice(found, found.name, "it is on PATH")
