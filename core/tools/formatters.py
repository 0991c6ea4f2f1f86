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


@frozen
class Family:
    """The formatters of one kind of files."""

    formatters: tuple[Formatter, ...]
    """In the order in which they are looked for on PATH."""

    setting: str
    """The setting that names the one that is wanted."""

    @property
    def configs(self) -> Mapping[str, Formatter]:
        """By the names of the files by which projects say what they use."""
        return {config: each for each in self.formatters for config in each.configs}

    @property
    def names(self) -> str:
        """Those that there are, for users."""
        return ", ".join(each.name for each in self.formatters)


HASKELL = Family(FORMATTERS, "thatch.formatter")
CABAL = Family(
    (
        # It reads only its input, so that lists it would make of the files of a folder stay as they are.
        Formatter("cabal-fmt", (), lambda _: (), formats_lines=False, reads_literate=False),
        Formatter(
            "cabal-gild", (), lambda request: (f"--stdin={request.path}",), formats_lines=False, reads_literate=False
        ),
    ),
    "thatch.cabalFormatter",
)


def family_of(path: Path) -> Family:
    """The formatters that a file is for."""
    return CABAL if path.suffix == ".cabal" else HASKELL


def choose(family: Family, setting: str, config: Path | None, installed: Iterable[str]) -> Choice:
    """The formatter that a setting names, else the one whose configuration is there, else one that is installed.

    `config` is the nearest file that is named as one of the family's `configs`, `installed` the names of those on PATH.
    Raises `ThatchError` if none is wanted or there is none.
    """
    if setting == OFF:
        raise ThatchError(message="Formatting is switched off.", remedy=f"The setting {family.setting} is `off`.")
    if setting:
        kind = next((each for each in family.formatters if each.name == Path(setting).name), None)
        if kind is None:
            raise ThatchError(message=f"thatch knows no formatter {setting}.", remedy=f"It knows {family.names}.")
        return Choice(kind, setting, f"the setting {family.setting} names it")
    if config:
        kind = family.configs[config.name]
        return Choice(kind, kind.name, f"there is {config}")
    on_path = set(installed)
    found = next((each for each in family.formatters if each.name in on_path), None)
    if found is None:
        raise ThatchError(
            message="There is no formatter on PATH.",
            remedy=f"Install one of {family.names}, or set {family.setting} to the path of one.",
        )
    return Choice(found, found.name, "it is on PATH")
