"""What GHC prints of declarations and what we print of them, brought to one form: layout and a few choices differ."""

import asyncio
import re
import subprocess
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.waiting import seconds
from thatch.core.ghc.toolchain import probe
from thatch.core.hi.declarations import Declarations, read_declarations
from thatch.core.hi.declared import Constructor, DataType, Declared, PatternSynonym, Value
from thatch.core.hi.declared_text import declared_text
from thatch.core.hi.model import KnownName, ModuleId, Namespace, OccName
from thatch.core.hi.model import Name as GlobalName
from thatch.core.hi.reader import Interface, read_interface
from thatch.core.hie.model import ExternalName, Name
from thatch.core.packages.database import read_packages
from thatch.core.th.derive import known_names, wired_in

WIDE = 1_000_000
"""More columns than any declaration takes."""

PRINTING = (f"-dppr-cols={WIDE}", "-XNoStarIsType", "-fprint-redundant-promotion-ticks")
"""How GHC prints types as we do; `-dppr-cols` also keeps what belongs together on one line."""


class Library:
    """The interfaces that come with a GHC, with all that is known of them."""

    def __init__(self, ghc: Path) -> None:
        with TemporaryDirectory() as folder:
            toolchain = asyncio.run(probe(ghc))
            self.known = asyncio.run(known_names(toolchain, Path(folder)))
            wired = asyncio.run(wired_in(toolchain, Path(folder)))
        assert wired is not None
        self._wired = read_declarations(wired, self.known)
        self._packages = read_packages([toolchain.libdir / "package.conf.d"])
        self._read: dict[ModuleId, tuple[Interface, Declarations] | None] = {}
        self.interfaces = dict(self._find())
        """Where the interface of each module is."""

    def _find(self) -> Iterator[tuple[ModuleId, Path]]:
        for package in self._packages.values():
            for folder in package.import_dirs:
                for path in folder.rglob("*.hi"):
                    name = ".".join(path.relative_to(folder).with_suffix("").parts)
                    # GHC calls some packages by their bare name.
                    yield ModuleId(package.id, name), path
                    yield ModuleId(package.name, name), path

    def exposed(self, packages: Sequence[str]) -> list[ModuleId]:
        """The modules of packages that can be imported and are no others under a second name."""
        mine = [each for each in self._packages.values() if each.name in packages]
        found = [
            ModuleId(*place) for each in mine for module, place in each.modules.items() if place == (each.id, module)
        ]
        return sorted(found)

    def declared(self, name: ExternalName) -> Declared:
        """What declares a name, wherever that is."""
        found = self._module(name.module)
        declared = (found[1].find_name(name) if found else None) or self._wired.find_name(name)
        assert declared is not None, name
        return declared

    def named(self, name: GlobalName | KnownName) -> ExternalName:
        """The name in full."""
        full = self.known[name.key] if isinstance(name, KnownName) else name
        return ExternalName(full.module, full.occ, None, "")

    def exports(self, module: ModuleId) -> Iterator[tuple[ExternalName, bool, list[ExternalName]]]:
        """What a module exports: each head, whether it is exported itself, and the parts of it that are."""
        found = self._module(module)
        assert found is not None
        for export in found[0].exports:
            head = self.named(export.name)
            labels = [ExternalName(head.module, OccName(each, Namespace.VARIABLE), None, "") for each in export.fields]
            parts = [*map(self.named, export.parts or ()), *labels]
            yield head, export.parts is None or head in parts, [each for each in parts if each != head]

    def _module(self, module: ModuleId) -> tuple[Interface, Declarations] | None:
        if module not in self._read:
            self._read[module] = self._open(module) if module in self.interfaces else None
        return self._read[module]

    def _open(self, module: ModuleId) -> tuple[Interface, Declarations]:
        interface = read_interface(self.interfaces[module].read_bytes())
        return interface, read_declarations(interface, self.known)

    def browsed(self, module: ModuleId) -> Iterator[str]:
        """Our text for each line of GHCi's `:browse`."""
        exports = list(self.exports(module))
        inside = {part for _, exported, parts in exports if exported for part in parts}
        for head, exported, parts in exports:
            if head in inside:
                # An associated type that is exported for itself too.
                continue
            whole = self.declared(head)
            if exported:
                yield declared_text(whole, bare, width=WIDE)
            for part in parts:
                declared = self.declared(part)
                if declared.parent in parts:
                    # A field of a pattern synonym, which stands there.
                    continue
                if isinstance(declared, PatternSynonym):
                    # A pattern synonym that is exported as if it were a constructor stands on its own.
                    yield declared_text(declared, bare, width=WIDE)
                elif isinstance(declared, Constructor | Value) and declared.parent and declared.parent != head:
                    # The instance of a data family that has the constructor or field, once for each of its parts.
                    instance = self.declared(declared.parent)
                    assert isinstance(instance, DataType)
                    yield declared_text(instance, bare, width=WIDE, shown=part.occ.text.__eq__)
                elif not exported:
                    yield declared_text(whole, bare, width=WIDE, shown=part.occ.text.__eq__)


@cache
def library(ghc: Path) -> Library:
    """The library of a compiler, read once for all tests."""
    return Library(ghc)


def bare(name: Name) -> str:
    """A name without its module."""
    return "?" if isinstance(name, KnownName) else name.occ.text


def ghci(ghc: Path, packages: Sequence[str], commands: Sequence[str], *flags: str) -> list[str]:
    """What GHCi prints for each command."""
    exposed = [part for package in packages for part in ("-package", package)]
    done = subprocess.run(
        [ghc, "--interactive", "-ignore-dot-ghci", "-package-env", "-", *PRINTING, *exposed, *flags],
        input="\n".join([f':set prompt "{PROMPT}\\n"', *commands, ":quit", ""]),
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds(120),
    )
    _banner, *answers, _leaving = done.stdout.split(f"{PROMPT}\n")
    assert len(answers) == len(commands), done.stdout[-2000:]
    return answers


PROMPT = "== ready =="


def without_qualifiers(text: str) -> str:
    """Bare names: how names are spelled is for those to decide who show a declaration."""
    pieces = re.split(r'("(?:[^"\\]|\\.)*")', text)
    return "".join(piece if piece.startswith('"') else _QUALIFIER.sub("", piece) for piece in pieces)


_QUALIFIER = re.compile(r"(?:[\w.-]+:)?(?:\b[A-Z][\w']*\.)+(?=\S)")


def browsed_items(text: str) -> list[str]:
    """What GHCi's `:browse` prints of each name: the lines that belong together."""
    found: list[list[str]] = []
    for line in text.splitlines():
        if not line or line.startswith("type role "):
            # How type variables may be coerced is not told.
            continue
        if found and (line.startswith(" ") or _goes_on(found[-1], line)):
            found[-1].append(line)
        else:
            found.append([line])
    return ["\n".join(lines) for lines in found]


def _goes_on(before: list[str], line: str) -> bool:
    """Whether a line is the second of what has its type or kind on the first."""
    if len(before) > 1:
        return False
    head = _KIND.match(before[0])
    if head:
        return re.match(r"(data|newtype|type|class) ", line) is not None and not _KIND.match(line)
    return line.startswith("pattern ") and line.endswith("}")


_KIND = re.compile(r"type \S+ ::|type \(\s*\S+\s*\) ::")


def ours(text: str) -> str:
    """Our text of a declaration in the common form."""
    # Equations that are added to an open family are instances for GHC, which it tells elsewhere.
    text = re.sub(r"\ntype instance .*", "", text)
    # An associated type is declared as in a source, with its result's kind; GHC gives the whole kind, and the kind of
    # a family is compared where it is looked up by its own name.
    text = re.sub(r"^(  (?:type|data) [^:\n]*?) :: .*$", r"\1", text, flags=re.MULTILINE)
    text = re.sub(r"^  type .* = (.*)$", r"  Default: \1", text, flags=re.MULTILINE) if "\nclass " in text else text
    return _squeezed(text)


def theirs(text: str) -> str:
    """GHC's text of a declaration in the common form."""
    text = re.sub(r"^type role .*\n", "", text)
    # Whether a strict field is unpacked depends on optimisation; it is strict in any case.
    text = _without_unpacking(text)
    text = re.sub(r"^  C type: .*", "", text, flags=re.MULTILINE)
    text = _without_second_kind(text)
    text = re.sub(r"^  type \S+ :: .*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"^  (type|data) family ", r"  \1 ", text, flags=re.MULTILINE)
    # 9.6 puts what an injective family determines behind `where`.
    text = re.sub(r" where( = .*)$", r"\1 where", text, flags=re.MULTILINE)
    # An arrow from a type to a constraint, which nobody can write.
    text = text.replace(" -=> ", " -> ")
    return _squeezed(_infix(text))


def _without_second_kind(text: str) -> str:
    """A synonym without the kind of what is right of its `=`; the line before says as much."""
    head, equals, right = text.partition(" = ")
    if not (equals and re.fullmatch(r"type [^\n]*\ntype [^\n]*", head)):
        return text
    places = [found.start() for found in re.finditer(" :: ", right)]
    outside = [place for place in places if right.count("(", 0, place) == right.count(")", 0, place)]
    return f"{head} = {right[: outside[-1]]}" if outside else text


def _without_unpacking(text: str) -> str:
    text = text.replace("! {-# UNPACK #-}(", "!\0(").replace("{-# UNPACK #-}", "!")
    while (start := text.find("!\0(")) >= 0:
        depth, end = 1, start + 3
        while depth:
            depth += (text[end] == "(") - (text[end] == ")")
            end += 1
        text = f"{text[:start]}!{text[end:]}"
    return text


def _infix(text: str) -> str:
    """Left sides of equations, and results of constructors, with the operator between its arguments."""
    return re.sub(
        rf"^(  .*?)\(([^\w\s()]+)\) ({_ATOM}) ({_ATOM})(?= =|$)",
        lambda found: f"{found[1]}{found[3].strip('()')} {found[2]} {found[4].strip('()')}",
        text,
        flags=re.MULTILINE,
    )


_ATOM = r"'?[\w.]+|\([^()]*\)"


def _squeezed(text: str) -> str:
    return re.sub(r"\( (\S+) \)", r"(\1)", " ".join(text.split()))


def same_type(our_type: str, their_type: str) -> bool:
    """Whether two types are the same text, but for a `forall` that tells which variables must be chosen."""
    return their_type in {our_type, without_forall(our_type)}


def without_forall(text: str) -> str:
    """A type, or a signature, without the `forall` in front."""
    return re.sub(r"(^|^\S+ :: )forall .*?\. ", r"\1", text)
