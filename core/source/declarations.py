"""From the declarations of a module or a class to what they define, with the comments of each.

Comments are given to what GHC gives them to with `-haddock` (9.6.6: `GHC/Parser/PostProcess/Haddock.hs` for the parts
of a declaration, `GHC/HsToCore/Docs.hs` for declarations).
"""

from collections.abc import Mapping, Sequence

from attrs import define, field

from thatch.core.diagnostics import Span
from thatch.core.hi.model import Fixity, Namespace, OccName
from thatch.core.source.layout import Item, find, items
from thatch.core.source.lexer import Kind, Token
from thatch.core.source.model import Definition
from thatch.core.source.parts import (
    Constructor,
    Part,
    distribute,
    documented_constructors,
    gadt_constructors,
    type_parts,
)
from thatch.core.source.values import bound_names, head_name, signature_names


@define
class _Entry:
    """A definition as far as it is known; its places and comments are collected."""

    name: str
    namespace: Namespace
    parent: str
    binding: Span | None = None
    signature: Span | None = None
    constructors: list[str] = field(factory=list)
    comments: list[str] = field(factory=list)
    arguments: Mapping[int, str] = field(factory=dict)

    def definition(self) -> Definition:
        span = self.binding or self.signature
        assert span
        return Definition(
            name=self.name,
            namespace=self.namespace,
            span=span,
            signature=self.signature,
            parent=self.parent,
            constructors=tuple(self.constructors),
            comments=tuple(self.comments),
            arguments=self.arguments,
        )


class Declarations:
    """Collects what declarations define; a method for each kind of declaration tells what comments are about."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, Namespace, str], _Entry] = {}
        self._made_by_macros: list[_Entry] = []
        self.fixities: list[Fixity] = []

    def definitions(self) -> tuple[Definition, ...]:
        """All definitions that were found."""
        for entry in self._made_by_macros:
            self._entries.setdefault((entry.name, entry.namespace, ""), entry)
        return tuple(entry.definition() for entry in self._entries.values())

    def read(self, block: Sequence[Token], parent: str = "") -> None:
        """Read the declarations of a module or of the class that is the `parent`; give each the comments around it."""
        waiting: list[str] = []
        about: Sequence[_Entry] | None = None
        for item in items(block):
            first = item.tokens[0]
            if first.is_comment:
                if first.kind is Kind.NEXT and about is not None:
                    _attach(about, waiting)
                    waiting, about = [], None
                waiting.append(first.text)
            elif _is_transparent(item.code, parent):
                self._fixity(item.code)
                if first.text == "import":
                    waiting, about = [], None
            else:
                entries = self._declaration(item, parent)
                if about is not None:
                    _attach(about, waiting)
                    waiting = []
                about = entries
        _attach(about or (), waiting)

    def _declaration(self, item: Item, parent: str) -> Sequence[_Entry]:
        """Read a declaration; the definitions that comments next to it are about."""
        code = item.code
        match code[0].text:
            case "data" | "newtype" | "type" if parent:
                return self._associated(item, parent)
            case "data" | "newtype":
                return self._data(item)
            case "type":
                return self._type(item)
            case "class":
                return self._class(item)
            case "instance":
                self._instance(item)
                return ()
            case "deriving" | "default":
                return ()
            case "foreign":
                return self._foreign(item)
            case "pattern" if _is_pattern_synonym(code):
                return self._pattern(item)
            case _ if _is_macro(code):
                return self._macro(code)
            case _:
                return self._value(item, parent)

    def _entry(self, token: Token, namespace: Namespace, parent: str = "", scope: str = "") -> _Entry:
        """The entry of a name; `scope` tells fields of one name in several types apart."""
        entry = self._entries.setdefault((token.text, namespace, scope), _Entry(token.text, namespace, parent))
        if entry.binding is None:
            entry.binding = token.span
        return entry

    def _signature(self, item: Item, names: Sequence[Token], namespace: Namespace, parent: str) -> Sequence[_Entry]:
        """Read a type signature; one that repeats another, in a branch for the preprocessor, adds no comments."""
        arguments = _documented(type_parts(item.code[_behind(item.code, "::") :]), item.tokens)
        fresh = []
        for token in names:
            entry = self._entries.setdefault((token.text, namespace, ""), _Entry(token.text, namespace, parent))
            if entry.signature is None:
                entry.signature = token.span
                entry.arguments = arguments
            if not entry.comments:
                fresh.append(entry)
        return fresh

    def _value(self, item: Item, parent: str) -> Sequence[_Entry]:
        code = item.code
        if names := signature_names(code):
            return self._signature(item, names, Namespace.VARIABLE, parent)
        if parent:
            # The default of a method: what is said of it is nowhere to be shown.
            return ()
        return [self._entry(token, Namespace.VARIABLE) for token in bound_names(code)][:1]

    def _macro(self, code: Sequence[Token]) -> Sequence[_Entry]:
        """`NEWTYPE(Name, ...)` for the C preprocessor: it may well define a type and a constructor of that name."""
        if len(code) < 3 or not code[2].text[:1].isupper():
            return ()
        spaces = (Namespace.TYPE, Namespace.CONSTRUCTOR)
        entries = [_Entry(code[2].text, space, "", binding=code[2].span) for space in spaces]
        self._made_by_macros += entries
        return entries[:1]

    def _pattern(self, item: Item) -> Sequence[_Entry]:
        code = item.code[1:]
        if names := signature_names(code):
            return self._signature(Item(item.tokens[1:]), names, Namespace.CONSTRUCTOR, "")
        end = find(code, "=", "<-")
        name = head_name(code[:end])
        if name is None:
            return ()
        if len(code) > 1 and code[1].text == "{":
            for token in code[2:end]:
                if token.kind is Kind.WORD:
                    self._entry(token, Namespace.FIELD, name.text, name.text).constructors.append(name.text)
        return [self._entry(name, Namespace.CONSTRUCTOR)]

    def _foreign(self, item: Item) -> Sequence[_Entry]:
        code = item.code
        colons = find(code, "::")
        if colons is None or code[1].text != "import":
            return ()
        return self._signature(item, [code[colons - 1]], Namespace.VARIABLE, "")

    def _data(self, item: Item) -> Sequence[_Entry]:
        code = item.code[1:]
        family, instance = code[:1] and code[0].text == "family", code[:1] and code[0].text == "instance"
        if family or instance:
            code = code[1:]
        name = head_name(code[: find(code, "=", "where", "::")])
        if name is None:
            return ()
        entries = () if instance else (self._entry(name, Namespace.TYPE),)
        self._constructors(item, name.text)
        return entries

    def _type(self, item: Item) -> Sequence[_Entry]:
        code = item.code[1:]
        if code[:1] and code[0].text == "data":
            return self._data(Item(item.tokens[1:]))
        if code[:1] and code[0].text == "instance":
            return ()
        if code[:1] and code[0].text == "family":
            code = code[1:]
        name = head_name(code[: find(code, "=", "where", "::")])
        if name is None:
            return ()
        entry = self._entry(name, Namespace.TYPE)
        if (equals := find(item.code, "=")) is not None:
            entry.arguments = _documented(type_parts(item.code[equals + 1 :]), item.tokens)
        return (entry,)

    def _class(self, item: Item) -> Sequence[_Entry]:
        code = item.code[1:]
        name = head_name(code[: find(code, "where", "|")])
        if name is None:
            return ()
        entry = self._entry(name, Namespace.TYPE)
        if (where := find(item.tokens, "where")) is not None:
            self.read(item.tokens[where + 1 :], name.text)
        return (entry,)

    def _associated(self, item: Item, parent: str) -> Sequence[_Entry]:
        """A type or data family of a class; a default for one is no definition."""
        code = [token for token in item.code[1:] if token.text != "family"]
        if find(code, "=") is not None or (code and code[0].text == "instance"):
            return ()
        name = head_name(code[: find(code, "::")])
        return () if name is None else (self._entry(name, Namespace.TYPE, parent),)

    def _instance(self, item: Item) -> None:
        """The constructors of the data instances in an instance of a class."""
        where = find(item.tokens, "where")
        if where is None:
            return
        for inner in items(item.tokens[where + 1 :]):
            if inner.tokens[0].text in {"data", "newtype"}:
                code = [token for token in inner.code[1:] if token.text != "instance"]
                if name := head_name(code[: find(code, "=", "where", "::")]):
                    self._constructors(inner, name.text)

    def _constructors(self, item: Item, parent: str) -> None:
        start = find(item.tokens, "=", "where")
        if start is None:
            return
        read = documented_constructors if item.tokens[start].text == "=" else gadt_constructors
        comments = [token for token in item.tokens if token.is_comment]
        for constructor in read(item.tokens[start + 1 :], comments):
            self._constructor(constructor, parent)

    def _constructor(self, constructor: Constructor, parent: str) -> None:
        for token in constructor.names:
            entry = self._entry(token, Namespace.CONSTRUCTOR, parent)
            entry.comments += [text for part in constructor.heads for text in part.comments]
            entry.arguments = _numbered(constructor.arguments)
        for fields in constructor.fields:
            for token in fields.names:
                entry = self._entry(token, Namespace.FIELD, parent, parent)
                entry.comments += fields.comments
                entry.constructors += [name.text for name in constructor.names]

    def _fixity(self, code: Sequence[Token]) -> None:
        if not code[0].text.startswith("infix"):
            return
        names = [token for token in code[1:] if token.kind is Kind.SYMBOL or (token.kind is Kind.WORD)]
        precedence = 9
        if names and names[0].text.isdecimal() and len(names[0].text) == 1:
            precedence = int(names.pop(0).text)
        for token in names:
            upper = token.text.startswith(":") or token.text[:1].isupper()
            occ = OccName(token.text, Namespace.CONSTRUCTOR if upper else Namespace.VARIABLE)
            self.fixities.append(Fixity(occ, precedence, code[0].text))


def _attach(entries: Sequence[_Entry], comments: Sequence[str]) -> None:
    """Give comments to what they are about; those without a word are none."""
    for entry in entries:
        entry.comments += [text for text in comments if text.strip()]


def _documented(parts: Sequence[Part], tokens: Sequence[Token]) -> Mapping[int, str]:
    """What the comments between the parts of a type say of each."""
    distribute([token for token in tokens if token.is_comment], parts)
    return _numbered(parts)


def _numbered(parts: Sequence[Part]) -> Mapping[int, str]:
    return {index: part.comments[0] for index, part in enumerate(parts) if part.comments}


def _behind(code: Sequence[Token], symbol: str) -> int:
    at = find(code, symbol)
    return len(code) if at is None else at + 1


def _is_transparent(code: Sequence[Token], parent: str) -> bool:
    """Whether a comment in front of a declaration is about the next one."""
    first = code[0].text
    if first == "type" and not parent and len(code) > 1:
        # A role, or the kind of a type that is declared elsewhere.
        return code[1].text == "role" or _is_kind(code)
    return first in {"infix", "infixl", "infixr", "import"} or _is_splice(code)


def _is_kind(code: Sequence[Token]) -> bool:
    return code[1].text not in {"family", "instance", "data"} and find(code, "::") is not None and not find(code, "=")


def _is_splice(code: Sequence[Token]) -> bool:
    """An expression of Template Haskell at the top level, or something for the C preprocessor."""
    if code[0].text in _DECLARING or _is_macro(code):
        return False
    return code[0].text.startswith("$") or find(code, "=", "|", "::") is None


def _is_macro(code: Sequence[Token]) -> bool:
    macro = code[0].text
    is_called = len(code) > 1 and code[1].text == "(" and code[1].start == code[0].end
    return is_called and macro.isupper() and "TYPE" in macro and not macro.startswith("INSTANCE")


_DECLARING = frozenset({"data", "newtype", "type", "class", "instance", "deriving", "default", "foreign", "pattern"})


def _is_pattern_synonym(code: Sequence[Token]) -> bool:
    """Whether `pattern` is the keyword here, and not somebody's variable."""
    return len(code) > 1 and (
        code[1].text[:1].isupper()
        or code[1].text == "("
        or (len(code) > 2 and ((code[2].text.startswith(":") and code[2].text != "::") or code[2].text == "`"))
    )
