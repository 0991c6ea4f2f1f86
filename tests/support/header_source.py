"""Random module heads in every form that Haskell allows, with what they say; GHC confirms that they are legal."""

from attrs import frozen
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy


@frozen
class Head:
    """A module's head and what a reader must find in it."""

    text: str
    literate: bool
    name: str | None
    imports: tuple[tuple[str, bool, str | None], ...]
    """For each import: the module, whether `{-# SOURCE #-}` is there, the package."""


MODULES = ("A", "A.B", "Data.Map.Strict", "Éa.Ñu_'x'", "T1.Module'", "ǅ")
EXPORTS = ("a", "(-->)", "T(..)", "type (++)", "module A.B", "pattern P", "(--|)", "C(x', (:--))", "importance")
SYMBOL_COMMENTS = ("-- c", "--- c", "-- | doc", "--é", "-- import X", '-- "', "{-- c --}", "{- {- -} import X\n -}")


@st.composite
def heads(draw: DrawFn) -> Head:
    """A whole head, followed by a declaration that looks like more of it."""
    name = draw(st.none() | st.sampled_from(MODULES))
    imports = tuple(draw(st.lists(_imports(), max_size=6)))
    braces = draw(st.booleans())
    column = 0 if braces else draw(st.integers(0, 3))
    items = [draw(_spelled(entry)) for entry in imports] + ["x = 1 -- import Y"]
    separator = draw(st.sampled_from(["\n;", ";", " ; {- -} ;\n"])) if braces else "\n" + " " * column
    block = separator.join(items)
    body = "{" + block + "\n}" if braces else "\n" + " " * column + block
    header = draw(_module_header(name)) if name else ""
    text = draw(_preamble()) + header + body + "\n"
    return draw(_dressed(text, name, imports))


def _imports() -> SearchStrategy[tuple[str, bool, str | None]]:
    packages = st.sampled_from([None, None, "this", "base", "a-b"])
    return st.tuples(st.sampled_from(MODULES), st.booleans(), packages)


@st.composite
def _spelled(draw: DrawFn, entry: tuple[str, bool, str | None]) -> str:
    module, source, package = entry
    post = draw(st.booleans())
    words = ["import"]
    words += [draw(st.sampled_from(["{-# SOURCE #-}", "{-#source#-}"]))] if source else []
    # `safe` stands before `qualified`.
    words += draw(st.sampled_from([[], ["safe"]]))
    words += ["qualified"] if not post and draw(st.booleans()) else []
    words += [f'"{package}"'] if package is not None else []
    words += [module]
    words += ["qualified"] if post and draw(st.booleans()) else []
    words += draw(st.sampled_from([[], ["as", "Q"], ["as", "Q.R"]]))
    words += draw(st.sampled_from([[], ["hiding"]]))
    words += draw(_list()) if words[-1] == "hiding" or draw(st.booleans()) else []
    return draw(_joined(words))


@st.composite
def _module_header(draw: DrawFn, name: str) -> str:
    words = ["module", name]
    words += draw(st.sampled_from([[], ['{-# DEPRECATED "where import" #-}']]))
    words += draw(_list()) if draw(st.booleans()) else []
    return draw(_joined([*words, "where"])) + " "


def _list() -> SearchStrategy[list[str]]:
    entries = st.lists(st.sampled_from(EXPORTS[:3] + EXPORTS[6:]), max_size=8)
    return entries.map(lambda names: ["(", *" , ".join(names).split(), ")"])


@st.composite
def _joined(draw: DrawFn, words: list[str]) -> str:
    """The words with blanks, comments and line ends between them; continued lines are indented enough."""
    blanks = st.sampled_from([" ", " ", " ", "  ", "\t", "\n     ", "\n\n\t"])
    text = words[0]
    for word in words[1:]:
        comment = draw(st.sampled_from(["", "", "", *SYMBOL_COMMENTS]))
        text += draw(blanks) + (comment + "\n     " if comment else "") + word
    return text


@st.composite
def _preamble(draw: DrawFn) -> str:
    parts = st.sampled_from(
        ["{-# LANGUAGE Haskell2010 #-}\n", "{- import X -}\n", "-- module X where\n", "\n", "{-# OPTIONS_GHC -w #-}\n"]
    )
    return draw(st.sampled_from(["", "#!/usr/bin/env runghc\n"])) + "".join(draw(st.lists(parts, max_size=4)))


@st.composite
def _dressed(draw: DrawFn, text: str, name: str | None, imports: tuple[tuple[str, bool, str | None], ...]) -> Head:
    """The head as it may lie on disk: with CR LF, a byte order mark, or as literate Haskell."""
    style = draw(st.sampled_from(["plain", "crlf", "bom", "bird", "latex"]))
    lines = text.split("\n")
    if style in {"bird", "latex"} and not text.startswith("#!"):
        marked = (
            "\n".join(f"> {line}" for line in lines) if style == "bird" else f"\\begin{{code}}\n{text}\\end{{code}}"
        )
        return Head(f"Prose. import X\n\n{marked}\n\nmodule X where\n", True, name, imports)
    dressed = {"crlf": "\r\n".join(lines), "bom": "\ufeff" + text}.get(style, text)
    return Head(dressed, False, name, imports)
