"""What can stand at a place of a `.cabal` file that is being typed; what there is to choose from is given."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum, auto

from attrs import field, frozen

from thatch.core.cabal.asked import Asked, Place, asked_at
from thatch.core.cabal.outline import Field, Outline, Section
from thatch.core.cabal.words import CONDITIONALS, FIELDS, LICENSES, NAMED, SECTIONS, Values
from thatch.core.fuzzy import fit


class OfferKind(Enum):
    """What is offered."""

    FIELD = auto()
    SECTION = auto()
    VALUE = auto()
    PACKAGE = auto()
    MODULE = auto()
    PATH = auto()
    EXTENSION = auto()
    OPTION = auto()
    STANZA = auto()


@frozen
class Offer:
    """Something that can stand at a place."""

    label: str
    """What is inserted."""

    kind: OfferKind
    detail: str = ""
    documentation: str = ""

    snippet: str = ""
    """What to insert instead where placeholders can be shown, in the syntax of LSP."""


@frozen
class Offers:
    """What is offered at a place."""

    start: int
    """Where what was typed begins."""

    offers: tuple[Offer, ...]
    """The best first."""


@frozen
class PackageFact:
    """What is known of a package that can be depended on."""

    version: str = ""
    """Empty for a package of the project."""

    synopsis: str = ""


@frozen
class Known:
    """What there is besides the file."""

    options: Sequence[str] = ()
    """The options that the project's GHC knows, extensions and languages among them (`-X`)."""

    packages: Mapping[str, PackageFact] = field(factory=dict)

    modules: Callable[[Section], Iterable[str]] = lambda _: ()
    """The modules that there are files of in the source folders of a component.  May block."""

    mains: Callable[[Section], Iterable[str]] = lambda _: ()
    """The Haskell files in these folders, as `main-is` names them.  May block."""

    folders: Callable[[], Iterable[str]] = lambda: ()
    """The folders of the package, as it names them.  May block."""


def complete(outline: Outline, offset: int, known: Known) -> Offers | None:
    """What can stand at an offset, those first that fit best what was typed; None where nothing can be offered."""
    asked = asked_at(outline, offset)
    if asked is None:
        return None
    found = [(match, each) for each in _all(outline, asked, known) if (match := fit(asked.typed, each.label))]
    if asked.typed:
        # Values stand in the order in which they are common.
        found.sort(key=lambda each: (each[0].rank, () if each[1].kind is OfferKind.VALUE else each[0]))
    return Offers(asked.start, tuple({each.label: each for _, each in found}.values()))


def _all(outline: Outline, asked: Asked, known: Known) -> Iterator[Offer]:
    match asked.place:
        case Place.NAME:
            yield from _names(outline, asked)
        case Place.CONDITION:
            yield from _conditions(outline, asked)
        case Place.VALUE:
            yield from _values(outline, asked, known)


def _names(outline: Outline, asked: Asked) -> Iterator[Offer]:
    owner = asked.sections[-1] if asked.sections else None
    beside = owner.children if owner else outline.elements
    present = {each.name for each in beside if isinstance(each, Field) and not _is_here(outline, each, asked)}
    colon = "" if asked.goes_on else ":"
    if owner and asked.section == "library" and not asked.sections[0].argument:
        present.add("visibility")
    for name, word in FIELDS.get(asked.section, {}).items():
        if name not in present:
            yield Offer(f"{name}{colon}", OfferKind.FIELD, documentation=word.meaning)
    if owner is None:
        for name, meaning in SECTIONS.items():
            yield Offer(name, OfferKind.SECTION, documentation=meaning, snippet=_skeleton(name))
    elif asked.section not in {"flag", "source-repository", "custom-setup"}:
        for name, meaning in CONDITIONALS.items():
            yield Offer(name, OfferKind.SECTION, documentation=meaning)


def _is_here(outline: Outline, one: Field, asked: Asked) -> bool:
    """Whether a field begins in the line of the place: it is the one that is being typed."""
    return "\n" not in outline.text[min(one.start, asked.start) : max(one.start, asked.start)]


def _skeleton(section: str) -> str:
    if section in {"executable", "benchmark", "test-suite"}:
        kind = "" if section == "executable" else "  type: exitcode-stdio-1.0\n"
        main = "  main-is: ${2:Main.hs}\n  build-depends: base\n  default-language: ${3:Haskell2010}\n"
        return f"{section} ${{1:name}}\n{kind}{main}"
    if section == "source-repository":
        return "source-repository ${1:head}\n  type: ${2:git}\n  location: $3\n"
    if section == "foreign-library":
        return "foreign-library ${1:name}\n  type: ${2:native-shared}\n  $0"
    if section == "flag":
        return "flag ${1:name}\n  default: ${2:False}\n  manual: ${3:True}\n"
    return f"{section} ${{1:name}}\n  $0" if section in NAMED else ""


_CALLS = {
    "os": ("linux", "windows", "osx", "freebsd", "openbsd", "netbsd", "solaris", "android", "ios", "wasi", "ghcjs"),
    "arch": ("x86_64", "aarch64", "i386", "arm", "ppc64", "ppc64le", "riscv64", "s390x", "wasm32", "javascript"),
    "impl": ("ghc", "ghcjs"),
}
_CALLED = re.compile(r"(os|arch|impl|flag)[ \t]*\([ \t]*$", re.IGNORECASE)


def _conditions(outline: Outline, asked: Asked) -> Iterator[Offer]:
    line_start = outline.text.rfind("\n", 0, asked.start) + 1
    called = _CALLED.search(outline.text, line_start, asked.start)
    if called is None:
        meanings = {
            "flag": "Whether a flag of the package is set.",
            "os": "Whether the system is that one.",
            "arch": "Whether the processor is that one.",
            "impl": "Whether the compiler is that one, of a range of versions.",
        }
        for name, meaning in meanings.items():
            yield Offer(name, OfferKind.VALUE, documentation=meaning, snippet=f"{name}($1)")
        return
    flags = [each.argument for each in outline.sections if each.name == "flag" and each.argument]
    for name in _CALLS.get(called[1].lower(), flags):
        yield Offer(name, OfferKind.VALUE)


def _values(outline: Outline, asked: Asked, known: Known) -> Iterator[Offer]:
    assert asked.field
    written = {word.text for word in outline.words(asked.field) if not word.start <= asked.start < word.end}
    for each in _of_values(outline, asked, known):
        if each.label not in written or asked.values is Values.CHOICE:
            yield each


def _of_values(outline: Outline, asked: Asked, known: Known) -> Iterator[Offer]:
    if asked.values is Values.PACKAGES:
        for name, fact in sorted(known.packages.items()):
            yield Offer(name, OfferKind.PACKAGE, fact.version or "in this project", fact.synopsis)
    elif asked.values in _LABELS:
        kind, labels = _LABELS[asked.values]
        yield from (Offer(each, kind) for each in dict.fromkeys(labels(outline, asked, known)))


_LANGUAGE = re.compile(r"Haskell\d+|GHC\d+")


def _named(options: Sequence[str]) -> Iterator[str]:
    """The extensions and languages among options."""
    return (each.removeprefix("-X") for each in options if each.startswith("-X"))


def _ranges(_outline: Outline, asked: Asked, known: Known) -> Iterable[str]:
    """Ranges that take the version that is installed, and what the policy for versions calls compatible with it."""
    fact = known.packages.get(asked.choices[0])
    numbers = [part for part in fact.version.split(".") if part.isdecimal()] if fact else []
    if not numbers:
        return ()
    major = [*numbers, "0"][:2]
    least = ".".join(numbers[:3])
    return f"^>={least}", f">={least} && <{major[0]}.{int(major[1]) + 1}"


def _languages(_outline: Outline, _asked: Asked, known: Known) -> Iterable[str]:
    return (each for each in _named(known.options) if _LANGUAGE.fullmatch(each))


def _extensions(_outline: Outline, _asked: Asked, known: Known) -> Iterable[str]:
    return (each for each in _named(known.options) if not _LANGUAGE.fullmatch(each))


def _stanzas(outline: Outline, asked: Asked, _known: Known) -> Iterable[str]:
    """The common stanzas that stand above: cabal knows no others."""
    above = (each for each in outline.sections if each.name == "common" and each.end < asked.start)
    return (each.argument for each in above if each.argument)


def _modules(outline: Outline, asked: Asked, known: Known) -> Iterable[str]:
    """The modules that there are files of and that the component does not list yet."""
    component = asked.sections[0] if asked.sections else None
    if component is None:
        return ()
    listed = {
        word.text
        for each in component.fields("exposed-modules", "other-modules", "signatures", "test-module")
        for word in outline.words(each)
        if not word.start <= asked.start < word.end
    }
    return sorted(set(known.modules(component)) - listed)


_LABELS: Mapping[Values, tuple[OfferKind, Callable[[Outline, Asked, Known], Iterable[str]]]] = {
    Values.CHOICE: (OfferKind.VALUE, lambda _, asked, __: asked.choices),
    Values.LICENSES: (OfferKind.VALUE, lambda *_: LICENSES),
    Values.LANGUAGES: (OfferKind.VALUE, _languages),
    Values.EXTENSIONS: (OfferKind.EXTENSION, _extensions),
    Values.OPTIONS: (
        OfferKind.OPTION,
        lambda _, __, known: (each for each in known.options if not each.startswith("-X")),
    ),
    Values.MODULES: (OfferKind.MODULE, _modules),
    Values.RANGES: (OfferKind.VALUE, _ranges),
    Values.STANZAS: (OfferKind.STANZA, _stanzas),
    Values.MAIN: (
        OfferKind.PATH,
        lambda _, asked, known: sorted(known.mains(asked.sections[0])) if asked.sections else (),
    ),
    Values.FOLDERS: (OfferKind.PATH, lambda _, __, known: sorted(known.folders())),
}
"""What is offered besides packages."""
