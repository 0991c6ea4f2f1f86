"""The words of `.cabal` files: which sections and fields there are, what they mean and which values they take.

The fields are those that Cabal-syntax 3.10 to 3.14 knows (`Distribution/PackageDescription/FieldGrammar.hs`).
"""

from collections.abc import Mapping
from enum import Enum, auto

from attrs import frozen


class Values(Enum):
    """What the value of a field is made of, as far as something can be offered."""

    FREE = auto()
    CHOICE = auto()
    """One of the field's `choices`."""

    LICENSES = auto()
    LANGUAGES = auto()
    EXTENSIONS = auto()
    OPTIONS = auto()
    """Options of GHC."""

    MODULES = auto()
    PACKAGES = auto()
    """Packages with ranges of versions, between commas."""

    RANGES = auto()
    """Ranges of versions of a package; never of a whole field."""

    STANZAS = auto()
    """Common stanzas."""

    MAIN = auto()
    """The file that a program begins with."""

    FOLDERS = auto()


@frozen
class Word:
    """A name of a field or of a section."""

    meaning: str
    """One sentence."""

    values: Values = Values.FREE
    choices: tuple[str, ...] = ()


def _field(meaning: str, values: Values = Values.FREE) -> Word:
    return Word(meaning, values)


def _choice(meaning: str, *choices: str) -> Word:
    return Word(meaning, Values.CHOICE, choices)


_YES_OR_NO = ("True", "False")

PACKAGE: Mapping[str, Word] = {
    "cabal-version": _choice(
        "The version of this file's format: which fields and sections it may use, and how they are read.",
        *("3.14", "3.12", "3.8", "3.6", "3.4", "3.0", "2.4", "2.2", "2.0", "1.24", "1.22", "1.18", "1.12", "1.10"),
    ),
    "name": _field("The package's name, which the file has as well."),
    "version": _field("The package's version: numbers with dots between them."),
    "build-type": _choice(
        "How the package is built: by cabal alone (`Simple`), after `configure`, by `make`, by its own `Setup.hs`, or "
        "with hooks in a `SetupHooks.hs`.",
        *("Simple", "Configure", "Make", "Custom", "Hooks"),
    ),
    "license": _field("Under which licence others may use the package, as an SPDX expression.", Values.LICENSES),
    "license-file": _field("The file with the text of the licence."),
    "license-files": _field("The files with the texts of the licences."),
    "copyright": _field("Who has the copyright, and since when."),
    "author": _field("Who wrote the package."),
    "maintainer": _field("Whom to write to about the package: an address for mail."),
    "stability": _field("How much the package still changes, in the author's words."),
    "homepage": _field("The URL of the package's page."),
    "bug-reports": _field("Where to report bugs: a URL or an address for mail."),
    "package-url": _field("Where the package's source can be downloaded."),
    "synopsis": _field("What the package is for, in a few words on one line."),
    "description": _field("What the package is for, at length, in Haddock's markup."),
    "category": _field("Under which headings the package is listed, separated by commas."),
    "tested-with": _field("The compilers that the package was tried with, with ranges of versions."),
    "data-files": _field("Files that are installed for the programs to read at run time."),
    "data-dir": _field("The folder that `data-files` are looked for in.", Values.FOLDERS),
    "extra-source-files": _field("More files that belong to the source and whose change means a build."),
    "extra-doc-files": _field("More files that belong to the documentation, such as a changelog."),
    "extra-files": _field("More files that belong to the package and to nothing else in this list."),
    "extra-tmp-files": _field("Files that a configured build leaves behind, and that are removed when it is cleaned."),
}

BUILD: Mapping[str, Word] = {
    "build-depends": _field(
        "The packages that the component's modules can import from, with ranges of versions.", Values.PACKAGES
    ),
    "other-modules": _field("The component's modules that nobody else can import.", Values.MODULES),
    "autogen-modules": _field(
        "Those of the component's modules that are generated while it is built, and of which no file is distributed.",
        Values.MODULES,
    ),
    "autogen-includes": _field("Header files that are generated while the component is built."),
    "hs-source-dirs": _field("The folders that the component's modules are in.", Values.FOLDERS),
    "default-language": _field(
        "The Haskell standard or set of extensions that the modules are written in.", Values.LANGUAGES
    ),
    "other-languages": _field("Languages that single modules ask for by themselves.", Values.LANGUAGES),
    "default-extensions": _field("Extensions that are switched on in every module.", Values.EXTENSIONS),
    "other-extensions": _field("Extensions that single modules switch on by themselves.", Values.EXTENSIONS),
    "extensions": _field("The old name of `default-extensions`.", Values.EXTENSIONS),
    "build-tool-depends": _field(
        "The programs that the build runs, as `package:program` with ranges of versions; cabal builds them first."
    ),
    "build-tools": _field("The old way to name the programs that the build runs."),
    "buildable": _choice("Whether the component can be built; `False` leaves it out.", *_YES_OR_NO),
    "ghc-options": _field("Options for every call of GHC, separated by blanks.", Values.OPTIONS),
    "ghc-prof-options": _field("Options for GHC where it compiles for profiling.", Values.OPTIONS),
    "ghc-shared-options": _field("Options for GHC where it compiles for shared libraries.", Values.OPTIONS),
    "ghcjs-options": _field("Options for every call of GHCJS."),
    "ghcjs-prof-options": _field("Options for GHCJS where it compiles for profiling."),
    "includes": _field("Header files that the modules' foreign imports need."),
    "install-includes": _field("Header files that are installed along with the library."),
    "include-dirs": _field("The folders that header files are looked for in.", Values.FOLDERS),
    "c-sources": _field("Files in C that are compiled and linked in."),
    "cxx-sources": _field("Files in C++ that are compiled and linked in."),
    "asm-sources": _field("Files in assembler that are assembled and linked in."),
    "cmm-sources": _field("Files in C-- that are compiled and linked in."),
    "js-sources": _field("Files in JavaScript that are linked in where the target is JavaScript."),
    "extra-libraries": _field("Libraries of the system to link with, by their names without `lib` and suffix."),
    "extra-libraries-static": _field("Libraries of the system to link with where everything is linked statically."),
    "extra-ghci-libraries": _field("Libraries of the system that GHCi loads in the place of `extra-libraries`."),
    "extra-bundled-libraries": _field("Libraries that the build itself makes and that are installed along."),
    "extra-library-flavours": _field("Further ways in which the bundled libraries are there."),
    "extra-dynamic-library-flavours": _field("Further ways in which the bundled shared libraries are there."),
    "extra-lib-dirs": _field("The folders that libraries of the system are looked for in.", Values.FOLDERS),
    "extra-lib-dirs-static": _field(
        "The folders that libraries are looked for in where everything is linked statically.", Values.FOLDERS
    ),
    "cc-options": _field("Options for the C compiler."),
    "cpp-options": _field("Options for the preprocessor of modules with `CPP`, such as `-DNAME`."),
    "cxx-options": _field("Options for the C++ compiler."),
    "asm-options": _field("Options for the assembler."),
    "cmm-options": _field("Options for GHC where it compiles C--."),
    "jspp-options": _field("Options for the preprocessor of files in JavaScript."),
    "hsc2hs-options": _field("Options for hsc2hs."),
    "ld-options": _field("Options for the linker."),
    "pkgconfig-depends": _field("Libraries that pkg-config knows, with ranges of versions."),
    "frameworks": _field("Frameworks of macOS to link with."),
    "extra-framework-dirs": _field("The folders that frameworks of macOS are looked for in.", Values.FOLDERS),
    "mixins": _field("Which modules of packages can be imported, and under which names."),
    "virtual-modules": _field("Modules that the component exports although no source of them is there."),
}

_IMPORT: Mapping[str, Word] = {
    "import": _field("The common stanzas whose fields belong here too; it must come first.", Values.STANZAS)
}

LIBRARY: Mapping[str, Word] = {
    "exposed-modules": _field("The modules that others can import.", Values.MODULES),
    "reexported-modules": _field("Modules of other packages that can be imported from this one as well."),
    "signatures": _field("The signatures that other packages must fill in (Backpack).", Values.MODULES),
    "exposed": _choice("Whether GHC sees the library without being told to.", *_YES_OR_NO),
    "visibility": _choice(
        "Whether other packages can depend on a library with a name of its own.", "public", "private"
    ),
}

FIELDS: Mapping[str, Mapping[str, Word]] = {
    "": PACKAGE,
    "library": {**_IMPORT, **LIBRARY, **BUILD},
    "executable": {
        **_IMPORT,
        "main-is": _field("The file with the module `Main`, below one of `hs-source-dirs`.", Values.MAIN),
        "scope": _choice("Whether the program is for users or for the package's own use.", "public", "private"),
        **BUILD,
    },
    "test-suite": {
        **_IMPORT,
        "type": _choice(
            "How tests tell their result: by a program's exit code, or by a module that cabal links with.",
            *("exitcode-stdio-1.0", "detailed-0.9"),
        ),
        "main-is": _field("The file with the module `Main`, below one of `hs-source-dirs`.", Values.MAIN),
        "test-module": _field("The module with the tests of a suite of type `detailed-0.9`.", Values.MODULES),
        "code-generators": _field("Programs that write modules of the test suite."),
        **BUILD,
    },
    "benchmark": {
        **_IMPORT,
        "type": _choice("How benchmarks tell whether they worked: by a program's exit code.", "exitcode-stdio-1.0"),
        "main-is": _field("The file with the module `Main`, below one of `hs-source-dirs`.", Values.MAIN),
        **BUILD,
    },
    "foreign-library": {
        **_IMPORT,
        "type": _choice("The kind of library that is made.", "native-shared", "native-static"),
        "options": _choice("More about how it is linked.", "standalone"),
        "lib-version-info": _field("The library's version as libtool has it: `current:revision:age`."),
        "lib-version-linux": _field("The library's version in its name on Linux."),
        "mod-def-file": _field("The module definition file for Windows."),
        **BUILD,
    },
    "common": {**_IMPORT, **BUILD},
    "flag": {
        "description": _field("What the flag changes, in Haddock's markup."),
        "default": _choice("What the flag is unless somebody sets it.", *_YES_OR_NO),
        "manual": _choice("Whether cabal may change the flag by itself to satisfy dependencies.", *_YES_OR_NO),
    },
    "source-repository": {
        "type": _choice("The version control system.", *("git", "darcs", "hg", "svn", "fossil", "bzr", "cvs", "pijul")),
        "location": _field("The URL of the repository."),
        "module": _field("The module of a CVS repository."),
        "branch": _field("The branch to look at."),
        "tag": _field("The tag that this very version has."),
        "subdir": _field("The folder in the repository that the package is in."),
    },
    "custom-setup": {
        "setup-depends": _field("The packages that `Setup.hs` imports from.", Values.PACKAGES),
    },
}
"""By section, in lower case; the empty name stands for the package itself."""

UNKNOWN = "?"
"""Stands for a section that is none of these, as while its name is being typed."""

SECTIONS: Mapping[str, str] = {
    "library": "The package's library; with a name, one more for the package itself or for others.",
    "executable": "A program.",
    "test-suite": "Tests, which `cabal test` builds and runs.",
    "benchmark": "Measurements, which `cabal bench` builds and runs.",
    "foreign-library": "A library for programs in other languages.",
    "common": "Fields that several sections share: they name it in `import`.",
    "flag": "A switch by which users or cabal choose between ways to build the package.",
    "source-repository": "Where the package is developed (`head`), or where this version comes from (`this`).",
    "custom-setup": "What the package's own `Setup.hs` needs.",
}
"""The sections of the top level, with what they mean."""

CONDITIONALS: Mapping[str, str] = {
    "if": "What follows, indented, holds only if the condition does: `os`, `arch`, `impl`, `flag`.",
    "elif": "What follows holds if the conditions above do not, and this one does.",
    "else": "What follows holds if the conditions above do not.",
}

COMPONENTS = frozenset({"library", "executable", "test-suite", "benchmark", "foreign-library"})
"""The sections that modules can belong to."""

NAMED = frozenset({"executable", "test-suite", "benchmark", "foreign-library", "common", "flag", "source-repository"})
"""The sections that must have a name."""

MODULE_FIELDS = frozenset({"exposed-modules", "other-modules", "autogen-modules", "signatures"})
"""The fields that say which modules a component has."""

LICENSES = (
    *("BSD-3-Clause", "MIT", "Apache-2.0", "BSD-2-Clause", "GPL-3.0-only", "GPL-3.0-or-later", "LGPL-3.0-only"),
    *("LGPL-3.0-or-later", "AGPL-3.0-only", "AGPL-3.0-or-later", "GPL-2.0-only", "GPL-2.0-or-later", "LGPL-2.1-only"),
    *(
        "LGPL-2.1-or-later",
        "MPL-2.0",
        "ISC",
        "CC0-1.0",
        "Unlicense",
        "0BSD",
        "Zlib",
        "BSL-1.0",
        "EUPL-1.2",
        "PostgreSQL",
    ),
    *("Artistic-2.0", "BSD-4-Clause", "CC-BY-4.0", "CC-BY-SA-4.0", "EPL-2.0", "WTFPL", "X11", "NONE"),
)
"""The licences that packages mostly have, by their SPDX identifiers, the most common first."""


def kind_of(section: str, name: str) -> Word | None:
    """A field of a section; where the section is unknown, of any that has such a field."""
    known = FIELDS.get(section)
    if known is not None:
        return known.get(name)
    return next((fields[name] for fields in FIELDS.values() if name in fields), None)
