"""The words of the language and of GHC's pragmas that are offered, and what is inserted for them."""

from collections.abc import Sequence

from thatch.core.completion.asked import Where
from thatch.core.completion.model import Candidate, Kind, Origin

RESERVED = frozenset(
    {"as", "case", "class", "data", "default", "deriving", "do", "else", "forall", "foreign", "hiding", "if", "import"}
    | {"in", "infix", "infixl", "infixr", "instance", "let", "mdo", "module", "newtype", "of", "qualified", "rec"}
    | {"then", "type", "where", "_"}
)
"""Words that are no names, or hardly."""

KEYWORDS = {
    Where.EXPRESSION: {
        "case": "case ${1:value} of\n  $0",
        "do": "",
        "else": "",
        "if": "if ${1:condition} then ${2:this} else ${3:that}",
        "in": "",
        "let": "",
        "of": "",
        "then": "",
        "where": "",
    },
    Where.TOP: {
        "class": "class ${1:Class} ${2:a} where\n  $0",
        "data": "data ${1:Type} = $0",
        "default": "",
        "deriving": "",
        "foreign": "",
        "import": "",
        "infix": "",
        "infixl": "",
        "infixr": "",
        "instance": "instance ${1:Class} ${2:Type} where\n  $0",
        "module": "",
        "newtype": "newtype ${1:Type} = $0",
        "type": "type ${1:Type} = $0",
    },
    Where.TYPE: {"deriving": "", "family": "", "forall": "forall ${1:a}. $0", "where": ""},
    Where.IMPORT_WORD: {"as": "", "hiding": "hiding ($0)", "qualified": ""},
    Where.MODULE: {"qualified": "", "safe": ""},
    Where.EXPORT_ITEM: {"module": "", "pattern": "", "type": ""},
    Where.IMPORT_ITEM: {"pattern": "", "type": ""},
}
"""Keywords by where they can stand, with what is inserted if placeholders can be shown."""

PRAGMAS = (
    *("ANN", "COMPLETE", "DEPRECATED", "INCOHERENT", "INLINABLE", "INLINE", "LANGUAGE", "MINIMAL", "NOINLINE"),
    *("OPAQUE", "OPTIONS_GHC", "OVERLAPPABLE", "OVERLAPPING", "OVERLAPS", "RULES", "SCC", "SOURCE", "SPECIALIZE"),
    *("UNPACK", "WARNING"),
)


def keywords(where: Where) -> list[Candidate]:
    """The keywords that can stand at such a place."""
    return [
        Candidate(label=word, kind=Kind.KEYWORD, origin=Origin.LANGUAGE, snippet=snippet)
        for word, snippet in KEYWORDS.get(where, {}).items()
    ]


def pragmas(rest: str) -> list[Candidate]:
    """The words that begin pragmas; `rest` is what follows in the line, where the pragma may end already."""
    end = "" if "#-}" in rest else " $0 #-}"
    return [
        Candidate(label=word, kind=Kind.PRAGMA, origin=Origin.LANGUAGE, snippet=f"{word}{end}" if end else "")
        for word in PRAGMAS
    ]


def extensions(options: Sequence[str]) -> list[Candidate]:
    """The extensions among the options that a GHC knows."""
    names = [option.removeprefix("-X") for option in options if option.startswith("-X")]
    return [Candidate(label=name, kind=Kind.EXTENSION, origin=Origin.LANGUAGE) for name in dict.fromkeys(names)]


def flags(options: Sequence[str]) -> list[Candidate]:
    """The options that a GHC knows, but for those that name extensions."""
    names = [option for option in options if not option.startswith("-X")]
    return [Candidate(label=name, kind=Kind.OPTION, origin=Origin.LANGUAGE) for name in dict.fromkeys(names)]
