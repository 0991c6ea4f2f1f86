"""Which names a thing may be given: those of its own kind that mean nothing else to GHC."""

from unicodedata import category

from thatch.core.errors import ThatchError
from thatch.core.hi.model import Namespace
from thatch.core.syntax import is_module_name

KEYWORDS = frozenset(
    """case class data default deriving do else foreign forall if import in infix infixl infixr instance let mdo module
    newtype of pattern proc rec static then type where _""".split()
)
"""Those of extensions too: which of them are on is not known of every module that has to change."""

SYMBOLS = frozenset(
    ("..", ":", "::", "=", "\\", "|", "<-", "->", "@", "~", "=>", "*", "-", "!", ".", "-<", "-<<", ">-")
)
"""What has a meaning of its own, somewhere or with some extension."""

UNICODE_SYMBOLS = frozenset("∷⇒→←∀★⤙⤚⤛⤜⦇⦈⊸")


def check_new_name(old: str, new: str, namespace: Namespace) -> None:
    """Raise `ThatchError` if something that is called `old` cannot be called `new`."""
    kind = kind_of(old, namespace)
    if new in KEYWORDS or new in SYMBOLS or new in UNICODE_SYMBOLS:
        raise ThatchError(message=f"`{new}` means something else in Haskell, or does with some extension.")
    if kind_of(new, namespace) != kind or (new.endswith("#") and not old.endswith("#") and is_word(new)):
        raise ThatchError(message=f"`{new}` is no name for {_ARTICLES[kind]}, as `{old}` is.")


def check_new_module(new: str) -> None:
    """Raise `ThatchError` if a module, or what it is imported as, cannot be called so."""
    if not is_module_name(new):
        raise ThatchError(message=f"`{new}` is no name for a module.")


def kind_of(name: str, namespace: Namespace) -> str:
    """What a name looks like; types that are operators may begin as they like."""
    if is_word(name):
        return "capital" if category(name[0]) in {"Lu", "Lt"} else "small"
    if not name or not all(_is_symbol(character) for character in name) or _is_comment(name):
        return ""
    if namespace is Namespace.TYPE:
        return "type operator"
    return "constructor operator" if name[0] == ":" else "operator"


def is_word(name: str) -> bool:
    """Whether a name is an identifier and not an operator."""
    base = name.rstrip("#")
    first = base[:1]
    return (first == "_" or first.isalpha()) and all(
        character in "_'" or character.isalnum() or category(character) == "Mn" for character in base
    )


_ARTICLES = {
    "capital": "what is written with a capital letter",
    "small": "what is written with a small letter",
    "operator": "an operator",
    "constructor operator": "an operator that constructs",
    "type operator": "a type that is an operator",
}

_ASCII_SYMBOLS = frozenset("!#$%&*+./<=>?@\\^|-~:")


def _is_symbol(character: str) -> bool:
    if character.isascii():
        return character in _ASCII_SYMBOLS
    return category(character) in {"Pc", "Pd", "Po", "Sm", "Sc", "Sk", "So"}


def _is_comment(name: str) -> bool:
    return len(name) > 1 and set(name) == {"-"}
