"""Declarations as source, those of data types and pragmas excepted."""

from collections.abc import Sequence

from thatch.core.th import literals
from thatch.core.th.layout import HARD, Doc, block, call, spaced
from thatch.core.th.names import Space, infix
from thatch.core.th.pragmas import PragmaPrinter
from thatch.core.th.printing import WHOLE, nodes, unknown
from thatch.core.th.tree import Name, Node, Value

DATA = frozenset("DataD NewtypeD TypeDataD DataInstD NewtypeInstD".split())
FAMILIES = frozenset("DataFamilyD TySynInstD OpenTypeFamilyD ClosedTypeFamilyD".split())


class Printer(PragmaPrinter):
    """Prints everything."""

    def declaration(self, node: Value) -> Doc:
        """A declaration of the top level, a class, an instance, a `let` or a `where`."""
        match node:
            case Node(constructor) if constructor in DATA:
                return self.data_type(node)
            case Node(constructor) if constructor in FAMILIES:
                return self._family(node)
            case Node("FunD" | "ValD" | "SigD" | "KiSigD" | "DefaultSigD" | "ImplicitParamBindD"):
                return self._binding(node)
            case Node("ClassD" | "InstanceD" | "StandaloneDerivD"):
                return self._class_or_instance(node)
            case Node("PatSynD" | "PatSynSigD"):
                return self._pattern_synonym(node)
            case Node("PragmaD", (pragma,)):
                return self.pragma(pragma)
            case Node():
                return self._small(node)
            case _:
                raise unknown("declaration", node)

    def local_declarations(self, declarations: Sequence[Value]) -> list[Doc]:
        """Declarations of a `let` or `where`, each clause of a function for itself."""
        return [doc for each in declarations for doc in self._items(each)]

    def _items(self, node: Value) -> list[Doc]:
        match node:
            case Node("FunD", (name, tuple() as clauses)):
                head = self.binder(name)
                return [self.clause(head, clause, "=") for clause in clauses]
            case _:
                return [self.declaration(node)]

    def _binding(self, node: Node) -> Doc:
        match node:
            case Node("FunD"):
                return _lines(self._items(node))
            case Node("ValD", (pattern, body, declarations)):
                return [self.pattern(pattern), self.right_side(body, "="), self.where(declarations)]
            case Node("SigD", (name, kind)):
                return call([self.binder(name), " ::"], [self.type(kind)])
            case Node("KiSigD", (name, kind)):
                self.need("StandaloneKindSignatures")
                return ["type ", self.type_binder(name), " :: ", self.type(kind)]
            case Node("DefaultSigD", (name, kind)):
                self.need("DefaultSignatures")
                return call(["default ", self.binder(name), " ::"], [self.type(kind)])
            case Node(_, (str(name), expression)):
                self.need("ImplicitParams")
                return [f"?{name} = ", self.expression(expression)]
            case _:
                raise unknown("declaration", node)

    def _class_or_instance(self, node: Node) -> Doc:
        match node:
            case Node("ClassD", (context, name, binders, dependencies, tuple() as declarations)):
                if len(nodes(binders)) != 1:
                    self.need("MultiParamTypeClasses")
                head = [*self.context(context), self.type_binder(name), *self.type_variables(binders)]
                return [spaced(["class", *head, self._dependencies(dependencies)]), self._body_of(declarations)]
            case Node("InstanceD", (overlap, context, kind, tuple() as declarations)):
                if any(isinstance(each, Node) and each.constructor == "SigD" for each in declarations):
                    self.need("InstanceSigs")
                pragma = f"{{-# {overlap.constructor.upper()} #-}}" if isinstance(overlap, Node) else ""
                start = spaced(["instance", pragma, *self.context(context), self.type(kind)])
                return [start, self._instance_body(declarations)]
            case Node(_, (strategy, context, kind)):
                self.need("StandaloneDeriving")
                before, via = self.strategy(strategy)
                return spaced(["deriving", before, via, "instance", *self.context(context), self.type(kind)])
            case _:
                raise unknown("declaration", node)

    def _instance_body(self, declarations: Sequence[Value]) -> Doc:
        """What an instance holds: its names are written bare, but what they name must be in scope somehow."""
        docs: list[Doc] = []
        for each in declarations:
            match each:
                case Node("FunD", (Name() as method, *_)) | Node("ValD", (Node("VarP", (Name() as method,)), *_)):
                    self.names.use(method, Space.VALUE)
                    docs.append(self.declaration(each))
                case Node("TySynInstD", (Node(tag, (binders, left, right)),)):
                    docs.append(self.declaration(Node("TySynInstD", (Node(tag, (binders, self._bare(left), right)),))))
                case Node("DataInstD" | "NewtypeInstD", (context, binders, left, *rest)):
                    fields = (context, binders, self._bare(left), *rest)
                    docs.append(self.declaration(Node(each.constructor, fields)))
                case _:
                    docs.append(self.declaration(each))
        return [" where", block(docs)] if docs else ""

    def _bare(self, left: Value) -> Value:
        """The left side of an instance of an associated type, with the bare name of the family."""
        match left:
            case Node("AppT" | "AppKindT", (function, argument)):
                return Node(left.constructor, (self._bare(function), argument))
            case Node("ConT", (Name(occ) as name,)):
                self.names.use(name, Space.TYPE)
                return Node("ConT", (Name(occ),))
            case _:
                return left

    def _body_of(self, declarations: Sequence[Value]) -> Doc:
        return [" where", block([self.declaration(each) for each in declarations])] if declarations else ""

    def _dependencies(self, dependencies: Value) -> Doc:
        if not dependencies:
            return ""
        self.need("FunctionalDependencies")
        written = []
        for dependency in nodes(dependencies):
            assert isinstance(dependency, Node)
            left, right = [" ".join([self.binder(name) for name in nodes(side)]) for side in dependency.fields]
            written.append(f"{left} -> {right}".strip())
        return "| " + ", ".join(written)

    def _family(self, node: Node) -> Doc:
        self.need("TypeFamilies")
        match node:
            case Node("DataFamilyD", (name, binders, kind)):
                head = [self.type_binder(name), *self.type_variables(binders)]
                return spaced(["data family", *head, self.kind_signature(kind)])
            case Node("TySynInstD", (equation,)):
                return ["type instance ", self._equation(equation)]
            case Node("OpenTypeFamilyD", (head,)):
                return ["type family ", self._family_head(head)]
            case Node(_, (head, tuple() as equations)):
                start = self._family_head(head)
                lines = [self._equation(each) for each in equations]
                return ["type family ", start, " where", block(lines) if lines else " {}"]
            case _:
                raise unknown("declaration", node)

    def _family_head(self, head: Value) -> Doc:
        assert isinstance(head, Node)
        name, binders, result, injectivity = head.fields
        match result:
            case Node("KindSig", (kind,)):
                signature = self.kind_signature(kind)
            case Node("TyVarSig", (binder,)):
                signature = ["= ", *self.type_variables((binder,))]
            case _:
                signature = ""
        depends: Doc = ""
        if isinstance(injectivity, Node):
            self.need("TypeFamilyDependencies")
            variable, variables = injectivity.fields
            depends = f"| {self.binder(variable)} -> {' '.join([self.binder(each) for each in nodes(variables)])}"
        return spaced([self.type_binder(name), *self.type_variables(binders), signature, depends])

    def _equation(self, equation: Value) -> Doc:
        assert isinstance(equation, Node)
        binders, left, right = equation.fields
        return spaced([*self.forall(binders or ()), self.type(left, WHOLE), "=", self.type(right)])

    def _pattern_synonym(self, node: Node) -> Doc:
        self.need("PatternSynonyms")
        match node:
            case Node("PatSynSigD", (name, kind)):
                return call(["pattern ", self.binder(name), " ::"], [self.type(kind)])
            case Node(_, (name, arguments, direction, pattern)):
                head = self._synonym_head(name, arguments)
            case _:
                raise unknown("declaration", node)
        arrow = "=" if isinstance(direction, Node) and direction.constructor == "ImplBidir" else "<-"
        lines: Doc = ""
        if isinstance(direction, Node) and direction.fields:
            own = self.binder(name)
            lines = [" where", block([self.clause(own, clause, "=") for clause in nodes(direction.fields[0])])]
        return ["pattern ", head, f" {arrow} ", self.pattern(pattern), lines]

    def _synonym_head(self, name: Value, arguments: Value) -> Doc:
        match arguments:
            case Node("InfixPatSyn", (left, right)):
                return f"{self.binder(left)} {infix(self.bare_binder(name))} {self.binder(right)}"
            case Node("RecordPatSyn", (tuple() as fields,)):
                return f"{self.binder(name)} {{{', '.join([self.binder(each) for each in fields])}}}"
            case Node(_, (tuple() as variables,)):
                return " ".join([self.binder(name), *[self.binder(each) for each in variables]])
            case _:
                raise unknown("pattern synonym", arguments)

    def _small(self, node: Node) -> Doc:
        match node:
            case Node("TySynD", (name, binders, kind)):
                head = [self.type_binder(name), *self.type_variables(binders)]
                return call(spaced(["type", *head, "="]), [self.type(kind, WHOLE)])
            case Node("InfixD", (fixity, *_, name)):
                return self._fixity(fixity, node.fields[1:-1], name)
            case Node("DefaultD", (tuple() as types,)):
                return ["default (", self._listed(types), ")"]
            case Node("RoleAnnotD", (name, tuple() as roles)):
                self.need("RoleAnnotations")
                return spaced(["type role", self.type_name(name), *map(_role, roles)])
            case Node("ForeignD", (foreign,)):
                return self._foreign(foreign)
            case _:
                raise unknown("declaration", node)

    def _listed(self, types: Sequence[Value]) -> Doc:
        docs: list[Doc] = [self.type(each, WHOLE) for each in types]
        return [[", ", doc] if index else doc for index, doc in enumerate(docs)]

    def _fixity(self, fixity: Value, namespaces: Sequence[Value], name: Value) -> Doc:
        match fixity:
            case Node(_, (int(precedence), Node(direction))):
                word = {"InfixL": "infixl", "InfixR": "infixr"}.get(direction, "infix")
            case _:
                raise unknown("fixity", fixity)
        space = _NAMESPACES.get(each.constructor, "") if (each := _first_node(namespaces)) else ""
        if space:
            self.need("ExplicitNamespaces")
        return spaced([word, str(precedence), space, infix(self.bare_binder(name))])

    def _foreign(self, foreign: Value) -> Doc:
        match foreign:
            case Node("ImportF", (Node(convention), Node(safety), str(entity), name, kind)):
                words = ["foreign import", convention.lower(), safety.lower(), literals.string(entity)]
            case Node(_, (Node(convention), str(entity), name, kind)):
                words = ["foreign export", convention.lower(), literals.string(entity)]
            case _:
                raise unknown("foreign declaration", foreign)
        self.need(*_CONVENTIONS.get(convention, ()))
        if words[2] == "interruptible":
            self.need("InterruptibleFFI")
        written = self.value(name) if "export" in words[0] else self.binder(name)
        return [spaced([*words, written]), " :: ", self.type(kind)]


_CONVENTIONS = {"CApi": ("CApiFFI",), "Prim": ("GHCForeignImportPrim",), "JavaScript": ("JavaScriptFFI",)}


_NAMESPACES = {"TypeNamespaceSpecifier": "type", "DataNamespaceSpecifier": "data"}


def _first_node(values: Sequence[Value]) -> Node | None:
    return next((value for value in values if isinstance(value, Node)), None)


def _role(role: Value) -> str:
    assert isinstance(role, Node)
    word = role.constructor.removesuffix("R").lower()
    return "_" if word == "infer" else word


def _lines(docs: Sequence[Doc]) -> Doc:
    return [[HARD, doc] if index else doc for index, doc in enumerate(docs)]
