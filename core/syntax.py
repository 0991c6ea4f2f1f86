"""The head of a Haskell source file (pragmas, module name, imports), read without GHC; no declarations.

The reader is a lexical one, after GHC's own lexer and layout rules (GHC 9.6 `GHC/Parser/Lexer.x`,
`GHC/Parser/Header.hs`), and it stops at the first declaration.  A file that is preprocessed gives the
imports of all its branches: `Header.exact` says whether GHC could see fewer.
"""

import re
import shlex
from pathlib import PurePath
from unicodedata import category

from attrs import frozen

from thatch.core.diagnostics import Span


@frozen
class Import:
    """One import declaration."""

    module: str
    """The imported module's name."""

    span: Span
    """Where that name stands."""

    source: bool = False
    """Whether it carries `{-# SOURCE #-}` and so means the `.hs-boot` file."""

    package: str | None = None
    """The package of a package import as written (`this` and the empty text included), None without one."""

    conditional: bool = False
    """Whether it stands between `#if` and `#endif`, so that GHC may never see it."""


@frozen(kw_only=True)
class Header:
    """What the head of a source file says."""

    name: str | None = None
    """The module's name, or None without a module header, which means `Main`."""

    name_span: Span | None = None
    """Where that name stands."""

    imports: tuple[Import, ...] = ()
    """The imports as written, in their order; the implicit one of `Prelude` is not among them."""

    extensions: tuple[str, ...] = ()
    """The names in `LANGUAGE` pragmas at the top, as written (`CPP`, `NoImplicitPrelude`)."""

    options: tuple[str, ...] = ()
    """The arguments in `OPTIONS_GHC` pragmas at the top, split as GHC does."""

    has_include: bool = False
    """Whether an `#include` stands among or above the imports."""

    preprocessed: tuple[Import, ...] | None = None
    """The imports that GHC's preprocessors leave, None while nobody asked (`parse_header` cannot)."""

    @property
    def uses_cpp(self) -> bool:
        """Whether the file itself switches the C preprocessor on (its unit's flags can do so too)."""
        return "CPP" in self.extensions or not {"-cpp", "-XCPP"}.isdisjoint(self.options)

    @property
    def uses_preprocessor(self) -> bool:
        """Whether the file asks for a custom preprocessor (`-F`), which may write other imports."""
        return "-F" in self.options

    @property
    def effective_imports(self) -> tuple[Import, ...]:
        """The imports that GHC sees; as long as that is not known, all that it could see."""
        return self.imports if self.preprocessed is None else self.preprocessed

    @property
    def exact(self) -> bool:
        """Whether GHC sees just the effective imports, whatever its preprocessors do."""
        if self.preprocessed is not None:
            return True
        guessed = self.has_include or any(entry.conditional for entry in self.imports)
        return not (guessed or self.uses_preprocessor)


def is_literate(path: PurePath) -> bool:
    """Whether a file's name says that its text is literate Haskell."""
    return path.suffix in {".lhs", ".lhs-boot"}


def parse_header(text: str, *, literate: bool = False) -> Header:
    """Read the head of a module; broken code gives what can be known, never an exception.

    `literate` says that the text is literate Haskell (`.lhs`, `.lhs-boot`).
    Spans are GHC's: 1-based, tabs advancing to multiples of 8.
    """
    reader = _reader(text, literate=literate)
    reader.read()
    return Header(
        name=reader.name,
        name_span=reader.name_span,
        imports=tuple(reader.imports),
        extensions=tuple(_extensions(reader.file_pragmas)),
        options=tuple(_options(reader.file_pragmas)),
        has_include=reader.has_include,
    )


def read_module_name(text: str, *, literate: bool = False) -> str | None:
    """The name of a module, as `parse_header` finds it, without reading on."""
    reader = _reader(text, literate=literate)
    reader.read_name()
    return reader.name


def is_module_name(text: str) -> bool:
    """Whether the text is a (dotted) module name."""
    if not _NAME.fullmatch(text):
        return False
    return all(category(part[0]) in {"Lu", "Lt"} for part in text.split("."))


_SYMBOLS = r"!#$%&*+./<=>?@\\^|~:\-"
_UNICODE_SYMBOLS = {"Pc", "Pd", "Po", "Sm", "Sc", "Sk", "So"}
_IDENTIFIER = r"[^\W\d][\w'\u0300-\u036f]*+"

# White space and line comments; two dashes before a symbol start an operator instead.
# Nothing follows the group, so that it never goes back; were it possessive, Python 3.11.2 would match too much.
_BLANK = re.compile(rf"(?:\s++|--++(?![{_SYMBOLS}]|[^\x00-\x7f])[^\n]*+)*")
_DASHES = re.compile(r"--++")
_COMMENT_EDGE = re.compile(r"\{-|-\}")
_LINE_REST = re.compile(r"(?:[^\\\n]++|\\(?:\r?\n|.|\Z))*+")
_DIRECTIVES = r"(?:if|ifdef|ifndef|elif|else|endif|include|define|undef|error|warning|line)\b|!|\d"
_DIRECTIVE = re.compile(rf"#[ \t]*+({_DIRECTIVES})")
_NEXT_DIRECTIVE = re.compile(rf"^(?={_DIRECTIVE.pattern})", re.MULTILINE)
_NAME = re.compile(rf"{_IDENTIFIER}(?:\.{_IDENTIFIER})*+(?!\.)")
_WORD = re.compile(_IDENTIFIER)
_STRING = re.compile(r'"((?:[^"\\\n]|\\.)*+)"?')
# Whatever needs no closer look inside an import or export list.
_PLAIN = re.compile(rf'[^\n;{{}}()"{_SYMBOLS}]++')
_OPERATOR = re.compile(rf"[{_SYMBOLS}]++")
_LIST_EDGE = re.compile(rf"[()\n]|\{{-|[{_SYMBOLS}]++|\b(?:import|where)(?![\w'])")
_PRAGMA = re.compile(r"\{-#\s*(\w+)(.*?)(?:#-\}|\Z)", re.DOTALL)


def _reader(text: str, *, literate: bool) -> "_Reader":
    return _Reader(_unlit(text) if literate else text.removeprefix("\ufeff"))


class _Reader:
    """A cursor over the text that moves forward only."""

    def __init__(self, text: str) -> None:
        self.name: str | None = None
        self.name_span: Span | None = None
        self.imports: list[Import] = []
        self.file_pragmas: list[str] = []
        self.has_include = False
        self._text = text
        self._at = 0
        self._depth = 0  # of #if
        self._pragmas: list[str] = []  # seen by the latest _skip_blank
        self._known_at, self._known_line, self._known_column = 0, 1, 1
        self._skippers = {
            "{": self._skip_block_comment,
            "-": self._skip_odd_comment,
            "#": self._skip_directive,
        }

    def read_name(self) -> tuple[bool, int]:
        """Read up to the end of the module header, with what `_read_module_header` gives."""
        self._skip_blank()
        self.file_pragmas = self._pragmas
        return self._read_module_header()

    def read(self) -> None:
        braces, layout_column = self.read_name()
        while self._at < len(self._text):
            word = self._word()
            if word == "import":
                self._read_import()
                self._skip_item(None if braces else layout_column)
            elif word in {"module", "signature"} and self.name is not None:
                # The other branch of an #if.
                braces, layout_column = self._read_module_header()
            elif self._text[self._at] == ";":
                self._at += 1
                self._skip_blank()
            elif self._depth and self._skip_to_directive():
                self._skip_blank()
            else:
                return

    def _read_module_header(self) -> tuple[bool, int]:
        """Read `module Name (...) where`; give whether braces follow, and the column of the first item."""
        if self._word() in {"module", "signature"}:
            self._at += len(self._word())
            self._skip_blank()
            found = _NAME.match(self._text, self._at)
            if found and is_module_name(found[0]):
                if self.name is None:
                    self.name, self.name_span = found[0], self._span(found)
                self._at = found.end()
            self._skip_blank()
            if self._peek() == "(":
                self._skip_list()
                self._skip_blank()
            if self._word() == "where":
                self._at += len("where")
            self._skip_blank()
        braces = self._peek() == "{"
        if braces:
            self._at += 1
            self._skip_blank()
        return braces, self._place(self._at)[1]

    def _read_import(self) -> None:
        """Read one import up to the module's name; the rest says nothing about the graph."""
        conditional = self._depth > 0
        self._at += len("import")
        source, package = False, None
        while True:
            self._skip_blank()
            source = source or any(_SOURCE.match(pragma) for pragma in self._pragmas)
            if text := _STRING.match(self._text, self._at):
                package, self._at = text[1], text.end()
            elif self._word() in {"safe", "qualified"}:
                self._at += len(self._word())
            else:
                break
        found = _NAME.match(self._text, self._at)
        if found and is_module_name(found[0]):
            self.imports.append(Import(found[0], self._span(found), source, package, conditional))
            self._at = found.end()

    def _skip_item(self, layout_column: int | None) -> None:
        """Move behind the current item: to the next one, or to what ends the block.

        `import` is always the next one, so that broken code does not hide what follows.
        """
        while self._at < len(self._text):
            if self._text.startswith("import", self._at) and self._word() == "import":
                return
            new_line = self._skip_blank()
            if new_line and self._starts_item(layout_column):
                return
            if self._peek() in {";", "}"}:
                return
            self._skip_token()

    def _starts_item(self, layout_column: int | None) -> bool:
        """Whether the first token of a line starts an item by its column."""
        return layout_column is not None and self._place(self._at)[1] <= layout_column

    def _skip_token(self) -> None:
        for pattern in (_PLAIN, _OPERATOR, _STRING):
            if found := pattern.match(self._text, self._at):
                self._at = found.end()
                return
        self._at = min(self._at + 1, len(self._text))

    def _skip_list(self) -> None:
        """Move behind a parenthesised list; a keyword that cannot stand in one ends it too."""
        depth = 0
        while found := _LIST_EDGE.search(self._text, self._at):
            edge = found[0]
            self._at = found.start()
            if edge in {"import", "where"}:
                return
            if edge in {"\n", "{-"} or edge.startswith("--"):
                before = self._at
                self._skip_blank()
                if self._at > before:
                    continue
            self._at = found.end()
            depth += (edge == "(") - (edge == ")")
            if depth <= 0 and edge == ")":
                return
        self._at = len(self._text)

    def _skip_blank(self) -> bool:
        """Skip white space, comments, pragmas and directives; True when a new line was begun."""
        start, self._pragmas = self._at, []
        while True:
            found = _BLANK.match(self._text, self._at)
            self._at = found.end() if found else self._at
            skip = self._skippers.get(self._text[self._at : self._at + 1])
            if skip is None or not skip():
                return start == 0 or self._text.find("\n", start, self._at) >= 0

    def _skip_block_comment(self) -> bool:
        if not self._text.startswith("{-", self._at):
            return False
        start, depth = self._at, 0
        for edge in _COMMENT_EDGE.finditer(self._text, start):
            depth += 1 if edge[0] == "{-" else -1
            if depth == 0:
                self._at = edge.end()
                break
        else:
            self._at = len(self._text)
        if self._text.startswith("{-#", start):
            self._pragmas.append(self._text[start : self._at])
        return True

    def _skip_odd_comment(self) -> bool:
        """Skip a line comment whose dashes are followed by a character beyond ASCII that is no symbol."""
        dashes = _DASHES.match(self._text, self._at)
        if not dashes:
            return False
        follower = self._text[dashes.end() : dashes.end() + 1]
        if follower.isascii() or category(follower) in _UNICODE_SYMBOLS:
            return False
        end = self._text.find("\n", self._at)
        self._at = len(self._text) if end < 0 else end
        return True

    def _skip_directive(self) -> bool:
        """Skip a preprocessor line, a `# 1 "file"` line or a `#!` line, keeping count of the #ifs."""
        if self._text[self._at - 1 : self._at] not in {"", "\n"}:
            return False
        found = _DIRECTIVE.match(self._text, self._at)
        rest = _LINE_REST.match(self._text, self._at)
        if not found or not rest:
            return False
        kind = found[1]
        if kind.startswith("if"):
            self._depth += 1
        elif kind == "endif":
            self._depth = max(0, self._depth - 1)
        elif kind == "include":
            self.has_include = True
        self._at = rest.end()
        return True

    def _skip_to_directive(self) -> bool:
        found = _NEXT_DIRECTIVE.search(self._text, self._at)
        self._at = found.start() if found else self._at
        return found is not None

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _word(self) -> str:
        found = _WORD.match(self._text, self._at)
        return found[0] if found else ""

    def _span(self, found: re.Match[str]) -> Span:
        line, column = self._place(found.start())
        return Span(line, column, line, column + len(found[0]))

    def _place(self, offset: int) -> tuple[int, int]:
        """GHC's line and column of an offset that is not before an earlier one."""
        passed = self._text[self._known_at : offset]
        lines = passed.split("\n")
        column = self._known_column if len(lines) == 1 else 1
        first, *after_tabs = lines[-1].split("\t")
        column += len(first)
        for piece in after_tabs:
            column = (column - 1) // 8 * 8 + 9 + len(piece)
        self._known_at, self._known_column = offset, column
        self._known_line += len(lines) - 1
        return self._known_line, column


_SOURCE = re.compile(r"\{-#\s*SOURCE\b", re.IGNORECASE)


def _extensions(pragmas: list[str]) -> list[str]:
    """The names in the LANGUAGE pragmas."""
    bodies = _bodies(pragmas, "LANGUAGE")
    return [name for body in bodies for entry in body.split(",") if (name := entry.strip())]


def _options(pragmas: list[str]) -> list[str]:
    """The arguments in the OPTIONS_GHC pragmas."""
    return [option for body in _bodies(pragmas, "OPTIONS_GHC") for option in _arguments(body)]


def _bodies(pragmas: list[str], kind: str) -> list[str]:
    found = (_PRAGMA.match(pragma) for pragma in pragmas)
    return [entry[2] for entry in found if entry and entry[1].upper() == kind]


def _arguments(body: str) -> list[str]:
    try:
        return shlex.split(body)
    except ValueError:
        # An open quote: GHC reports it.
        return body.split()


def _unlit(text: str) -> str:
    """Blank out what is not code, keeping every line and column (GHC 9.6 `utils/unlit/unlit.c`)."""
    lines, inside = [], False
    for line in text.removeprefix("\ufeff").split("\n"):
        if line.startswith("\\begin{code}" if not inside else "\\end{code}"):
            inside = not inside
            lines.append("")
        elif inside or (line.startswith("#") and not line.startswith("#!")):
            lines.append(line)
        else:
            lines.append(" " + line[1:] if line.startswith(">") else "")
    return "\n".join(lines)
