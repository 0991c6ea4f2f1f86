"""Pragmas as source."""

from thatch.core.th import literals
from thatch.core.th.data_types import DataPrinter
from thatch.core.th.layout import Doc, spaced
from thatch.core.th.names import KEYWORDS, Space
from thatch.core.th.printing import ATOM, nodes, unknown
from thatch.core.th.tree import Name, Node, Value


class PragmaPrinter(DataPrinter):
    """Prints pragmas; all names in them are used, none is bound."""

    def pragma(self, node: Value) -> Doc:
        """A pragma with its brackets."""
        return ["{-# ", self._pragma(node), " #-}"]

    def _pragma(self, node: Value) -> Doc:
        match node:
            case Node("InlineP", (name, Node(inline), Node(match), phases)):
                like = "CONLIKE" if match == "ConLike" else ""
                return spaced([inline.upper(), like, _phases(phases), self._own(name)])
            case Node("OpaqueP", (name,)):
                return ["OPAQUE ", self._own(name)]
            case Node("SpecialiseP", (name, kind, inline, phases)):
                word = inline.constructor.upper() if isinstance(inline, Node) else ""
                signature = [self._own(name), " :: ", self.type(kind)]
                return spaced(["SPECIALISE", word, _phases(phases), signature])
            case Node("SpecialiseInstP", (instance,)):
                return ["SPECIALISE instance ", self.type(instance)]
            case Node("RuleP"):
                return self._rule(node)
            case Node("AnnP", (target, value)):
                return ["ANN ", self._target(target), " ", self.expression(value, ATOM)]
            case Node("LineP", (int(line), str(file))):
                return f"LINE {line} {literals.string(file)}"
            case Node("CompleteP", (tuple() as names, kind)):
                listed = ", ".join([self.constructor(name) for name in names])
                return ["COMPLETE ", listed, [" :: ", self.type_name(kind)] if kind is not None else ""]
            case Node("SCCP", (name, label)):
                return spaced(["SCC", self._own(name), literals.string(label) if isinstance(label, str) else ""])
            case _:
                raise unknown("pragma", node)

    def _own(self, name: Value) -> str:
        """A name that the same declarations bind."""
        return self.binder(name)

    def _rule(self, node: Node) -> Doc:
        name, types, binders, left, right, phases = node.fields
        heads: list[Doc] = []
        if types is not None:
            heads.append(["forall ", spaced(self.type_variables(types)), "."])
        if binders or types is not None:
            heads.append(["forall ", spaced([self._rule_binder(each) for each in nodes(binders)]), "."])
        sides: list[Doc] = [self.expression(left), "=", self.expression(right)]
        return spaced(["RULES", literals.string(str(name)), _phases(phases), *heads, *sides])

    def _rule_binder(self, node: Value) -> Doc:
        match node:
            case Node("RuleVar", (name,)):
                return self.binder(name)
            case Node(_, (name, kind)):
                return ["(", self.binder(name), " :: ", self.type(kind), ")"]
            case _:
                raise unknown("binder", node)

    def _target(self, target: Value) -> Doc:
        match target:
            case Node("ModuleAnnotation"):
                return "module"
            case Node("TypeAnnotation", (name,)):
                return ["type ", self.type_name(name)]
            case Node(_, (Name() as name,)):
                capital = name.occ[:1].isupper() and name.occ not in KEYWORDS
                return self._use(name, Space.CONSTRUCTOR if capital else Space.VALUE)
            case _:
                raise unknown("annotation", target)


def _phases(phases: Value) -> str:
    match phases:
        case Node("FromPhase", (int(number),)):
            return f"[{number}]"
        case Node("BeforePhase", (int(number),)):
            return f"[~{number}]"
        case _:
            return ""
