"""Writing `.hie` files, to see whether our reader takes them back."""

from collections.abc import Mapping, Sequence

from attrs import define, field, frozen

from tests.support.ghc_encode import characters, flag, many, number, optional, word
from thatch.core.diagnostics import Span
from thatch.core.hi.model import KnownName, ModuleId, Namespace, OccName
from thatch.core.hi.versions import LAYOUTS
from thatch.core.hie.model import (
    Application,
    Cast,
    Coercion,
    ConstructorApplication,
    Context,
    ContextKind,
    ExternalName,
    ForAll,
    Function,
    Identifier,
    Literal,
    LocalName,
    Name,
    NodeInfo,
    Qualified,
    Scope,
    Type,
    TypeVariable,
    WholeModule,
)

VERSIONS = {"9.6": ("9066", "9.6.6"), "9.10": ("9103", "9.10.3")}

DETAILS: Mapping[ContextKind, Sequence[str]] = {
    ContextKind.IMPORT_OR_EXPORT: ("Import", "ImportAs", "ImportHiding", "Export"),
    ContextKind.VALUE_BINDING: ("RegularBind", "InstanceBind"),
    ContextKind.DECLARATION: ("FamDec", "SynDec", "DataDec", "ConDec", "PatSynDec", "ClassDec", "InstDec"),
    ContextKind.FIELD: ("RecFieldDecl", "RecFieldAssign", "RecFieldMatch", "RecFieldOcc"),
    ContextKind.EVIDENCE_BINDING: (
        "EvPatternBind",
        "EvSigBind",
        "EvWrapperBind",
        "EvImplicitBind",
        "EvInstBind",
        "EvLetBind",
        "EvInstBind superclass",
    ),
}
"""What GHC says of occurrences of a kind, by its tags; a superclass is an instance with a flag."""

SORTS = ("tuple", "unboxed tuple", "constraint tuple")


@frozen
class Node:
    """A node of a syntax tree."""

    span: Span
    infos: tuple[NodeInfo, ...]
    children: tuple["Node", ...] = ()


@frozen(kw_only=True)
class Contents:
    """What a file shall say."""

    series: str
    path: str
    module: ModuleId
    names: Sequence[Name]
    types: Sequence[Type]
    trees: Mapping[str, Node]
    n_exports: int
    source: bytes


def encode(contents: Contents) -> bytes:
    """A whole file."""
    return _Writer(contents).file()


@define
class _Writer:
    contents: Contents
    strings: dict[str, int] = field(factory=dict)
    spans_in: str = ""
    """The file that spans are in."""

    def file(self) -> bytes:
        contents = self.contents
        header = b"HIE%b\n%b\n" % tuple(text.encode() for text in VERSIONS[contents.series])
        body = characters(contents.path) + self.module(contents.module)
        body += number(0) + number(len(contents.types) - 1) + many(contents.types, self.type)
        body += number(len(contents.trees)) + b"".join(map(self.tree, *zip(*contents.trees.items(), strict=True)))
        body += number(contents.n_exports) + self.export() * contents.n_exports
        body += number(len(contents.source)) + contents.source
        names = many(contents.names, self.table_name)
        strings = many(self.strings, self.string)
        place = len(header) + 8 + len(body)
        pointers = (place + len(names)).to_bytes(4, "big") + place.to_bytes(4, "big")
        return header + pointers + body + names + strings

    def text(self, text: str) -> bytes:
        return word(self.strings.setdefault(text, len(self.strings)))

    def string(self, text: str) -> bytes:
        encoded = text.encode("utf-8", "surrogatepass").replace(b"\0", b"\xc0\x80")
        return number(len(encoded)) + encoded

    def module(self, module: ModuleId) -> bytes:
        return b"\0" + self.text(module.unit) + self.text(module.name)

    def occ(self, occ: OccName) -> bytes:
        parent = self.text(occ.parent) if occ.namespace is Namespace.FIELD else b""
        return bytes([occ.namespace.value]) + parent + self.text(occ.text)

    def table_name(self, name: Name) -> bytes:
        match name:
            case ExternalName(module, occ, span, file):
                return b"\0" + self.module(module) + self.occ(occ) + self.source_span(span, file)
            case LocalName(occ, span, _):
                return b"\1" + self.occ(occ) + self.source_span(span, "anywhere.hs")
            case KnownName(key):
                return b"\2" + word(ord(key[0])) + word(int(key[1:]))

    def source_span(self, span: Span | None, file: str) -> bytes:
        return b"\1\4" + self.text("nowhere") if span is None else b"\0" + self.span(span, file)

    def span(self, span: Span, file: str | None = None) -> bytes:
        places = (span.start_line, span.start_column, span.end_line, span.end_column)
        return self.text(self.spans_in if file is None else file) + b"".join(map(number, places))

    def name(self, name: Name) -> bytes:
        return word(self.contents.names.index(name))

    def export(self) -> bytes:
        if LAYOUTS[self.contents.series].fields_are_names:
            return b"\1" + word(0) + many([0, 0], word)
        return b"\1" + word(0) + number(2) + b"\0" + word(0) + b"\1" + self.text("label") + b"\0\1" + word(0)

    def type(self, one: Type) -> bytes:
        match one:
            case TypeVariable(name):
                return b"\0" + self.name(name)
            case Application(function, arguments):
                return b"\1" + number(function) + self.arguments(arguments)
            case ConstructorApplication(name, promoted, sort, arguments, arity):
                return b"\2" + self.name(name) + flag(promoted) + self.sort(sort, arity) + self.arguments(arguments)
            case ForAll(name, kind, visibility, body):
                return b"\3" + self.name(name) + number(kind) + bytes([visibility]) + number(body)
            case Function(multiplicity, argument, result):
                return b"\4" + number(multiplicity) + number(argument) + number(result)
            case Qualified(constraint, body):
                return b"\5" + number(constraint) + number(body)
            case Literal(value, character):
                return b"\6" + self.literal(value, character)
            case Cast(body):
                return b"\7" + number(body)
            case Coercion():
                return b"\x08"

    def arguments(self, arguments: Sequence[tuple[bool, int]]) -> bytes:
        return many(arguments, lambda argument: flag(argument[0]) + number(argument[1]))

    def sort(self, sort: str, arity: int) -> bytes:
        if sort in SORTS:
            return b"\1" + number(arity) + bytes([SORTS.index(sort)])
        return b"\2" + number(arity) if sort == "unboxed sum" else b"\3" if sort else b"\0"

    def literal(self, value: int | str, character: bool) -> bytes:
        if isinstance(value, str):
            return b"\3" + word(ord(value)) if character else b"\2" + self.text(value)
        if -(2**63) <= value < 2**63:
            return b"\1\0" + number(value)
        digits = abs(value).to_bytes((value.bit_length() + 7) // 8, "little")
        return b"\1" + (b"\1" if value < 0 else b"\2") + number(len(digits)) + digits

    def tree(self, file: str, node: Node) -> bytes:
        self.spans_in = file
        return self.text(file) + self.node(node)

    def node(self, node: Node) -> bytes:
        return many(node.infos, self.info) + self.span(node.span) + many(node.children, self.node)

    def info(self, info: NodeInfo) -> bytes:
        annotations = many(info.annotations, lambda pair: self.text(pair[0]) + self.text(pair[1]))
        return flag(info.generated) + annotations + many(info.types, number) + many(info.identifiers, self.identifier)

    def identifier(self, one: Identifier) -> bytes:
        name = b"\0" + self.text(one.name) if isinstance(one.name, str) else b"\1" + self.name(one.name)
        return name + optional(one.type, number) + many(one.contexts, self.context)

    def context(self, context: Context) -> bytes:
        scopes, span = [self.scope(scope) for scope in context.scopes], optional(context.span, self.span)
        tag = bytes([context.kind.value])
        match context.kind:
            case ContextKind.VALUE_BINDING | ContextKind.PATTERN_BINDING | ContextKind.CLASS_DECLARATION:
                return tag + self.detail(context) + b"".join(scopes) + span
            case ContextKind.DECLARATION | ContextKind.FIELD:
                return tag + self.detail(context) + span
            case ContextKind.TYPE_VARIABLE_BINDING if context.names:
                return tag + scopes[0] + b"\1" + many(context.names, self.name) + span
            case ContextKind.TYPE_VARIABLE_BINDING:
                return tag + scopes[0] + b"\0" + many(scopes[1:], lambda scope: scope)
            case ContextKind.EVIDENCE_BINDING:
                return tag + self.evidence(context) + scopes[0] + span
            case _:
                return tag + self.detail(context)

    def detail(self, context: Context) -> bytes:
        return bytes([DETAILS[context.kind].index(context.detail)]) if context.detail else b""

    def evidence(self, context: Context) -> bytes:
        match context.detail:
            case "EvInstBind" | "EvInstBind superclass" as how:
                return b"\4" + flag(how != "EvInstBind") + self.name(context.names[0])
            case "EvLetBind":
                return b"\5" + many(context.names, self.name)
            case _:
                return self.detail(context)

    def scope(self, scope: Scope) -> bytes:
        if isinstance(scope, Span):
            return b"\1" + self.span(scope)
        return b"\2" if isinstance(scope, WholeModule) else b"\0"
