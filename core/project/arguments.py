"""What the arguments of a GHC call say about a unit; pure: finding the files they name lives in `units`.

The forms are those of `GHC.Driver.Session` (read for GHC 9.6): a flag takes its value attached, after `=`, or as
the next argument (`hasArg`), only as the next argument (`SepArg`), or only attached (`Prefix`).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from attrs import Factory, define, frozen

from thatch.core.syntax import is_module_name

KEPT_VALUED = frozenset(
    """
    -package -package-id -package-db -hide-package -ignore-package -trust -distrust -plugin-package
    -plugin-package-id -this-package-name -this-component-id -instantiated-with -hidden-module
    -reexported-module -fplugin -fplugin-opt -fplugin-library -frontend-opt -ghcversion-file -main-is -x
    -#include -sig-of -pgmlo -pgmlc -pgmP -pgmF -pgmc -pgmcxx -pgms -pgma -pgmdll -pgmL -pgmwindres -pgmotool
    -pgminstall_name_tool -optlo -optlc -optlas -optP -optF -optc -optcxx -opta -optL -optwindres
    """.split()
)
"""Flags that a unit keeps and that take a value."""

DROPPED_VALUED = frozenset(
    """
    -o -odir -hidir -hiedir -stubdir -dumpdir -outputdir -tmpdir -hpcdir -osuf -hisuf -hiesuf -hcsuf -ohi
    -dyno -dynosuf -dynhisuf -dynohi -ddump-file-prefix -package-env -jsem -dep-suffix -dep-makefile
    -interactive-print -l -framework -framework-path -dylib-install-name -dynload -link-js-lib -optl -optlm
    -pgml -pgmlm -with-rtsopts -pgmi -opti -this-unit-id -working-dir
    """.split()
)
"""Flags about outputs, linking and the session itself that take a value."""

DROPPED = frozenset(
    """
    --make --interactive -M -c -S -C -E -i -shared -static -staticlib -dynamic -dynamic-too -prof -debug -threaded
    -eventlog -ticky -rtsopts -no-rtsopts -no-rtsopts-suggestions -no-link -no-hs-main -no-auto-link-packages
    -pie -no-pie -fhpc -fforce-recomp -fno-force-recomp -fobject-code -fbyte-code -fno-code -fllvm -fasm
    -fbyte-code-and-object-code -fprefer-byte-code -fexternal-interpreter -fno-external-interpreter
    -fwrite-ide-info -fwrite-interface -fwrite-if-simplified-core -split-sections -split-objs
    -fdiagnostics-as-json -ignore-dot-ghci -no-keep-hi-files -no-keep-o-files
    """.split()
)
"""Flags about ways, outputs, linking and the session itself that take no value."""

DROPPED_PATTERN = re.compile(r"-(O.*|[jvg]\d*|L.*|rtsopts=.*|ddump-.*|keep-.*|fdiagnostics-color=.*)")
"""More of the same, with what is attached to them; none begins with a flag of the tables."""

SEPARATE_ONLY = frozenset({"-o", "-dyno", "-main-is", "-x", "-jsem", "-hpcdir", "-l"})
"""Flags with a value whose name must not be taken for the beginning of another flag."""

LONGEST_FIRST = sorted(KEPT_VALUED | DROPPED_VALUED - SEPARATE_ONLY, key=len, reverse=True)

SOURCE_SUFFIXES = (".hs", ".lhs", ".hsig")


@frozen(kw_only=True)
class Call:
    """One call of GHC for the sources of one component."""

    directory: Path
    """Absolute folder of the call, which relative paths refer to."""

    flags: tuple[str, ...]
    """What the unit keeps: see `Unit.flags`."""

    source_dirs: tuple[str, ...]
    """The folders searched for home modules, as given."""

    package_ids: tuple[str, ...]
    """The values of `-package-id`."""

    package_dbs: tuple[str, ...]
    """The values of `-package-db` as given, private ones included."""

    targets: tuple[str, ...]
    """Module names and Haskell source files as given."""

    unit_id: str = ""
    """The value of `-this-unit-id`, or empty."""

    output: str = ""
    """The last `-odir` or `-outputdir`, or empty."""

    main_is: str = ""
    """The value of `-main-is`, or empty."""

    profiled: bool = False
    """Whether it compiles for profiling, with the options that only hold there."""

    @property
    def backpack(self) -> bool:
        """Whether the component has module holes or fills some; such a unit cannot be a home unit."""
        return "-instantiated-with" in self.flags or any(t.endswith(".hsig") for t in self.targets)


def read_call(directory: Path, arguments: Sequence[str], *, private: Path | None = None) -> Call:
    """What a GHC command line (without the program's name) says.

    The flags leave out package databases below `private`: those describe units of the project itself.
    """
    reader = _Reader(private)
    reader.read(iter(expand_response(arguments)))
    values = {name: tuple(found) for name, found in reader.values.items()}
    return Call(
        directory=directory,
        flags=tuple(reader.flags),
        source_dirs=tuple(reader.source_dirs),
        package_ids=values.get("-package-id", ()),
        package_dbs=values.get("-package-db", ()),
        targets=tuple(reader.targets),
        unit_id=values.get("-this-unit-id", ("",))[-1],
        output=(values.get("-odir") or values.get("-outputdir") or ("",))[-1],
        main_is=values.get("-main-is", ("",))[-1],
        profiled="-prof" in arguments,
    )


def expand_response(arguments: Iterable[str]) -> list[str]:
    """The arguments with each recorded response file (`@`, a line feed, its text) replaced by what it holds."""
    expanded: list[str] = []
    for argument in arguments:
        if argument.startswith("@\n"):
            expanded += split_response(argument[2:])
        else:
            expanded.append(argument)
    return expanded


def split_response(text: str) -> list[str]:
    """The arguments in a response file: split at white space, with quotes and backslashes (`GHC.ResponseFile`)."""
    arguments: list[str] = []
    current: list[str] | None = None
    quote = ""
    characters = iter(text)
    for character in characters:
        if character == "\\":
            current = [*(current or []), next(characters, "")]
        elif quote:
            if character == quote:
                quote = ""
            else:
                current = [*(current or []), character]
        elif character in "\"'":
            quote, current = character, current or []
        elif not character.isspace():
            current = [*(current or []), character]
        elif current is not None:
            arguments.append("".join(current))
            current = None
    return arguments if current is None else [*arguments, "".join(current)]


@define
class _Reader:
    """Sorts arguments into what a unit keeps and what it says about itself."""

    private: Path | None
    flags: list[str] = Factory(list)
    source_dirs: list[str] = Factory(lambda: ["."])
    targets: list[str] = Factory(list)
    values: dict[str, list[str]] = Factory(dict)

    def read(self, arguments: Iterator[str]) -> None:
        for argument in arguments:
            if argument == "+RTS":
                _skip_to(arguments, "-RTS")
            elif argument.startswith("-"):
                self._flag(argument, arguments)
            elif argument.endswith(SOURCE_SUFFIXES) or is_module_name(argument):
                self.targets.append(argument)

    def _flag(self, argument: str, following: Iterator[str]) -> None:
        if argument == "-i":
            self.source_dirs.clear()
        if argument in DROPPED or DROPPED_PATTERN.fullmatch(argument):
            return
        if argument in KEPT_VALUED or argument in DROPPED_VALUED:
            self._valued(argument, next(following, ""), attached="")
            return
        name = next((flag for flag in LONGEST_FIRST if argument.startswith(flag)), "")
        if name:
            self._valued(name, argument[len(name) :].removeprefix("="), attached=argument)
        elif argument.startswith("-i"):
            self.source_dirs += filter(None, argument[2:].split(":"))
        elif not argument.startswith("-l"):
            self.flags.append(argument)

    def _valued(self, name: str, value: str, *, attached: str) -> None:
        self.values.setdefault(name, []).append(value)
        if name in DROPPED_VALUED or (name == "-package-db" and self._is_private(value)):
            return
        self.flags += [attached] if attached else [name, value]

    def _is_private(self, path: str) -> bool:
        return self.private is not None and Path(path).is_relative_to(self.private)


def _skip_to(arguments: Iterator[str], end: str) -> None:
    for argument in arguments:
        if argument == end:
            return
