"""Expressions, their alternatives, guards and statements as source."""

from thatch.core.th import literals
from thatch.core.th.layout import HARD, LINE, Apart, Block, Doc, Group, Nest, block, call, enclosed, joined
from thatch.core.th.name_splices import LOCATION, NAME_SPLICE, UNIT, makers
from thatch.core.th.names import Space, is_operator
from thatch.core.th.patterns import PatternPrinter, alternative, sum_constructor
from thatch.core.th.printing import ATOM, OPEN, OPERAND, TAIL, WHOLE, PrintError, enclose, nodes, unknown
from thatch.core.th.tree import Global, Name, Node, Unique, Value

RIGHT_TO_LEFT = frozenset(". $ ++ <> : && || >> *>".split())
"""Operators whose chains read `a <> b <> c` when they are nested to the right, if they are those of `base`."""

BASE = ("GHC.Base", "GHC.Classes", "GHC.Types", "GHC.Internal.Base", "Data.Semigroup.Internal")


class ExpressionPrinter(PatternPrinter):
    """Prints expressions."""

    def expression(self, node: Value, place: int = OPEN) -> Doc:
        """An expression; `WHOLE` takes a type signature too."""
        match node:
            case Node("VarE" | "UnboundVarE" | "ConE" | "LitE", (named,)):
                return self._simple(node.constructor, named, place)
            case Node("AppE" | "AppTypeE"):
                return self._application(node, place)
            case Node("InfixE" | "UInfixE"):
                return self._operation(node, place)
            case Node("ParensE", (inner,)):
                return ["(", self.expression(inner, WHOLE), ")"]
            case Node("SigE", (inner, kind)):
                return enclose([self.expression(inner, OPERAND), " :: ", self.type(kind)], place, WHOLE)
            case Node(constructor, (Name() as name, bool(own))) if constructor == NAME_SPLICE:
                return self._name_splice(name, own)
            case Node(constructor) if constructor in _EXTENDING:
                return enclose(self._extending(node), place, TAIL)
            case Node(constructor) if constructor in _BRACKETED:
                return self._bracketed_expression(node, place)
            case Node():
                return self._other_expression(node, place)
            case _:
                raise unknown("expression", node)

    def _name_splice(self, name: Name, own: bool) -> Doc:
        self.need("TemplateHaskell")
        expression, made = (self.value(each) for each in makers(name))
        assert isinstance(name.flavour, Global)
        words = f"{literals.string(name.flavour.module)} {literals.string(name.occ)}"
        if not own:
            return f"$({expression} ({made} {literals.string(name.flavour.package)} {words}))"
        location, unit = self.value(LOCATION), self.value(UNIT)
        return f"$(do {{ place <- {location}; {expression} ({made} ({unit} place) {words}) }})"

    def _simple(self, constructor: str, inside: Value, place: int) -> Doc:
        if constructor == "LitE":
            return self.literal(inside, place)
        match inside:
            case Name(_, Global("TcClsName")):
                # A type where an expression stands (RequiredTypeArguments, since 9.10).
                return self.type_name(inside)
            case _:
                return self.constructor(inside) if constructor == "ConE" else self.value(inside)

    def _application(self, node: Value, place: int) -> Doc:
        arguments: list[Doc] = []
        while True:
            match node:
                case Node("AppE", (Node("ConE", (Name() as name,)), part)) if chosen := sum_constructor(name):
                    self.need("UnboxedSums")
                    made = alternative(self._closed(part), *chosen)
                    return enclose(call(made, arguments[::-1]), place, OPERAND) if arguments else made
                case Node("AppE", (function, argument)):
                    arguments.append(self.expression(argument, ATOM))
                case Node("AppTypeE", (function, argument)):
                    self.need("TypeApplications")
                    arguments.append(["@", self.type(argument, ATOM)])
                case _:
                    return enclose(call(self.expression(node, OPERAND), arguments[::-1]), place, OPERAND)
            node = function

    def _operation(self, node: Node, place: int) -> Doc:
        match node.fields:
            case None, operator, None:
                return self.expression(operator, ATOM)
            case left, operator, None:
                return ["(", self.expression(left, OPERAND), " ", self._operator(operator), ")"]
            case None, operator, right:
                sign = self._operator(operator)
                if sign == "-":
                    # `(- x)` would be a number.
                    variable = self.names.bind(Name("n", Unique(-1)))
                    return ["(\\", variable, " -> ", variable, " - ", self.expression(right, OPERAND), ")"]
                return ["(", sign, " ", self.expression(right, OPERAND), ")"]
            case left, operator, right if node.constructor == "UInfixE":
                operands = [self._chained(left, last=False), self._chained(right, last=True)]
                doc = Group([operands[0], Nest(2, [LINE, self._operator(operator), " ", operands[1]])])
                return enclose(doc, place, OPEN)
            case _:
                return enclose(self._chain(node), place, OPEN)

    def _chain(self, node: Node) -> Doc:
        """Operators; those nested to the right that are known to bind so need no parentheses."""
        lines: list[Doc] = []
        while True:
            left, operator, right = node.fields
            sign = self._operator(operator)
            operand: Doc = self.expression(left, OPERAND)
            lines.append([operand, " ", sign] if sign == "$" else operand)
            prefix_sign = "" if sign == "$" else f"{sign} "
            if not (_binds_right(operator) and _same_operator(operator, right)):
                break
            assert isinstance(right, Node)
            node = right
            lines.append(prefix_sign)
        last = [prefix_sign, self.expression(right, TAIL)]
        docs, signs = lines[::2], [*lines[1::2], ""]
        rest = [[LINE, sign, doc] for sign, doc in zip(signs, docs[1:], strict=False)]
        return Group([docs[0], Nest(2, [*rest, LINE, last])])

    def _chained(self, node: Value, *, last: bool) -> Doc:
        """An operand of a chain that GHC is to sort out."""
        chained = isinstance(node, Node) and node.constructor == "UInfixE"
        return self.expression(node, OPEN if chained else TAIL if last else OPERAND)

    def _operator(self, node: Value) -> str:
        match node:
            case Node("VarE" | "UnboundVarE", (name,)):
                return self.operator(name, Space.VALUE)
            case Node("ConE", (name,)):
                return self.operator(name, Space.CONSTRUCTOR)
            case _:
                raise PrintError(message="A splice gave back an operation whose operator is no name.")

    def _extending(self, node: Node) -> Doc:
        """What extends as far to the right as possible."""
        match node:
            case Node("LamE", (tuple() as patterns, body)):
                heads = [self.pattern(pattern, ATOM) for pattern in patterns]
                # A mark right behind the backslash would make an operator with it.
                gap = " " if isinstance(patterns[0], Node) and patterns[0].constructor in {"TildeP", "BangP"} else ""
                return Group(["\\", gap, joined(" ", heads), " ->", self._body(body)])
            case Node("LamCaseE", (tuple() as matches,)):
                self.need("LambdaCase")
                return ["\\case", self._matches(matches)]
            case Node("LamCasesE", (tuple() as clauses,)):
                self.need("LambdaCase")
                return ["\\cases", block([self.clause("", clause, "->") for clause in clauses])]
            case Node("CondE", (condition, yes, no)):
                lines: Doc = [[LINE, "then ", self.expression(yes)], [LINE, "else ", self.expression(no)]]
                return Group(["if ", self.expression(condition), Nest(2, lines)])
            case Node("MultiIfE", (tuple() as branches,)):
                self.need("MultiWayIf")
                return ["if", block(self._branches(branches, "->"))]
            case Node("LetE", (tuple() as declarations, body)):
                return self._let(declarations, body)
            case Node("CaseE", (subject, tuple() as matches)):
                return ["case ", self.expression(subject), " of", self._matches(matches)]
            case Node("DoE" | "MDoE", (module, tuple() as statements)):
                return self._do("do" if node.constructor == "DoE" else "mdo", module, statements)
            case Node(constructor, (inner,)):
                return self._prefixed(constructor, inner)
            case _:
                raise unknown("expression", node)

    def _prefixed(self, constructor: str, inner: Value) -> Doc:
        if constructor == "StaticE":
            self.need("StaticPointers")
            return ["static ", self.expression(inner, ATOM)]
        self.need("RequiredTypeArguments", "ExplicitNamespaces")
        return ["type ", self.type(inner)]

    def _let(self, declarations: tuple[Value, ...], body: Value) -> Doc:
        docs = self.local_declarations(declarations)
        if not docs:
            return self.expression(body)
        return ["let", Nest(2, [block(docs), Block([HARD, "in ", self.expression(body)])])]

    def _do(self, word: str, module: Value, statements: tuple[Value, ...]) -> Doc:
        if word == "mdo":
            self.need("RecursiveDo")
        if isinstance(module, str):
            self.need("QualifiedDo")
            word = f"{module!s}.{word}"
        return [word, block([self.statement(statement) for statement in statements])]

    def _bracketed_expression(self, node: Node, place: int) -> Doc:
        match node:
            case Node("TupE", ((single,),)) if single is not None:
                solo = self.constructor(Name("MkSolo", Global("DataName", "ghc-prim", "GHC.Tuple.Prim")))
                return enclose(call(solo, [self.expression(single, ATOM)]), place, OPERAND)
            case Node("TupE" | "UnboxedTupE", (tuple() as parts,)):
                if None in parts:
                    self.need("TupleSections")
                docs = ["" if part is None else self.expression(part, WHOLE) for part in parts]
                if node.constructor == "TupE":
                    return enclosed("(", docs, ")")
                self.need("UnboxedTuples")
                return enclosed("(# ", docs, " #)")
            case Node("UnboxedSumE", (part, int(place_of), int(size))):
                self.need("UnboxedSums")
                return alternative(self._closed(part), place_of, size)
            case Node("ListE", (tuple() as parts,)):
                return self._list(parts)
            case Node("CompE", (tuple() as statements,)):
                return self._comprehension(statements)
            case Node("ArithSeqE", (Node(kind, limits),)):
                return self._range(kind, [self._closed(limit) for limit in limits])
            case Node(constructor, (inner,)):
                self.need("TemplateHaskell")
                start, end = ("[||", "||]") if constructor == "TypedBracketE" else ("$$(", ")")
                return [start, self.expression(inner, WHOLE), end]
            case _:
                raise unknown("expression", node)

    def _list(self, parts: tuple[Value, ...]) -> Doc:
        if self.strings and (text := literals.characters(parts, "LitE")):
            return literals.string(text)
        return enclosed("[", [self.expression(part, WHOLE) for part in parts], "]")

    def _comprehension(self, statements: tuple[Value, ...]) -> Doc:
        *rest, last = statements
        match last:
            case Node("NoBindS", (body,)):
                head = self._closed(body)
            case _:
                raise unknown("statement", last)
        match rest:
            case [Node("ParS", (tuple() as branches,))]:
                self.need("ParallelListComp")
            case _:
                branches = (tuple(rest),)
        docs = [joined([",", LINE], [self._qualifier(each) for each in nodes(branch)]) for branch in branches]
        return Group(["[", head, Nest(2, [[LINE, "| ", doc] for doc in docs]), "]"])

    def _range(self, kind: str, limits: list[Doc]) -> Doc:
        match kind, limits:
            case "FromR", [start]:
                return ["[", start, " ..]"]
            case "FromThenR", [start, second]:
                return ["[", start, ", ", second, " ..]"]
            case "FromToR", [start, end]:
                return ["[", start, " .. ", end, "]"]
            case "FromThenToR", [start, second, end]:
                return ["[", start, ", ", second, " .. ", end, "]"]
            case _:
                raise unknown("range", kind)

    def _other_expression(self, node: Node, place: int) -> Doc:
        match node:
            case Node("RecConE", (name, tuple() as fields)):
                return enclose([self.constructor(name), " ", self._fields(fields)], place, OPERAND)
            case Node("RecUpdE", (record, tuple() as fields)):
                return enclose([self.expression(record, ATOM), " ", self._fields(fields)], place, OPERAND)
            case Node("LabelE", (str(label),)):
                self.need("OverloadedLabels")
                # With an opening parenthesis right before it, that would begin an unboxed tuple.
                return Apart(f"#{label}")
            case Node("ImplicitParamVarE", (str(name),)):
                self.need("ImplicitParams")
                return f"?{name}"
            case Node("GetFieldE", (record, str(field))):
                self.need("OverloadedRecordDot")
                # A literal may end in a sign, and a constructor would become a qualifier.
                plain = isinstance(record, Node) and record.constructor in {"VarE", "GetFieldE", "ParensE"}
                return [self.expression(record, ATOM) if plain else ["(", self.expression(record), ")"], ".", field]
            case Node("ProjectionE", (tuple() as fields,)):
                self.need("OverloadedRecordDot")
                return f"(.{'.'.join(map(str, fields))})"
            case _:
                raise unknown("expression", node)

    def _fields(self, fields: tuple[Value, ...]) -> Doc:
        written: list[Doc] = []
        for each in fields:
            name, value = nodes(each)
            written.append(Group([self.value(name), " =", self._body(value)]))
        return enclosed("{", written, "}")

    def _matches(self, matches: tuple[Value, ...]) -> Doc:
        if not matches:
            self.need("EmptyCase")
            return " {}"
        return block([self._match(match) for match in matches])

    def _match(self, match: Value) -> Doc:
        assert isinstance(match, Node)
        pattern, body, declarations = match.fields
        return [self.pattern(pattern), self.right_side(body, "->"), self.where(declarations)]

    def clause(self, head: str, clause: Value, arrow: str) -> Doc:
        """A clause of a function called `head`: its patterns, and what follows."""
        assert isinstance(clause, Node)
        patterns, body, declarations = clause.fields
        heads: list[Doc] = [head] if head else []
        heads += [self.pattern(pattern, ATOM) for pattern in nodes(patterns)]
        return [joined(" ", heads), self.right_side(body, arrow), self.where(declarations)]

    def right_side(self, body: Value, arrow: str) -> Doc:
        """`= expression`, or the guards."""
        match body:
            case Node("NormalB", (inner,)):
                return Group([f" {arrow}", self._body(inner)])
            case Node(_, (tuple() as branches,)):
                return block(self._branches(branches, arrow))
            case _:
                raise unknown("body", body)

    def _branches(self, branches: tuple[Value, ...], arrow: str) -> list[Doc]:
        docs = []
        for branch in branches:
            guard, body = nodes(branch)
            docs.append(self._guarded(guard, body, arrow))
        return docs

    def _guarded(self, guard: Value, body: Value, arrow: str) -> Doc:
        match guard:
            case Node("NormalG", (condition,)):
                heads: list[Doc] = [self._closed(condition)]
            case Node(_, (tuple() as statements,)):
                heads = [self._qualifier(statement) for statement in statements]
            case _:
                raise unknown("guard", guard)
        return Group(["| ", joined(", ", heads), f" {arrow}", self._body(body)])

    def where(self, declarations: Value) -> Doc:
        """`where` and its declarations, on lines of their own."""
        docs = self.local_declarations(nodes(declarations))
        return Block(Nest(2, [HARD, "where", block(docs)])) if docs else ""

    def _body(self, body: Value) -> Doc:
        """An expression behind an arrow or an equals sign: what ends in a block starts on the same line."""
        doc = self.expression(body)
        if isinstance(body, Node) and body.constructor in _HUGGING:
            return [" ", doc]
        return Nest(2, [LINE, doc])

    def _qualifier(self, statement: Value) -> Doc:
        """A statement of a guard or a comprehension.

        There `let` gets braces: without, a signature at its end would take the `=` behind the guard for its own.
        """
        match statement:
            case Node("LetS", (tuple() as declarations,)):
                docs = joined([HARD, "; "], self.local_declarations(declarations))
                return ["let { ", Block(Nest(4, docs)), " }"]
            case Node("BindS", (pattern, expression)):
                return Group([self.pattern(pattern), " <- ", self._closed(expression)])
            case Node("NoBindS", (expression,)):
                return self._closed(expression)
            case _:
                return self.statement(statement)

    def _closed(self, node: Value) -> Doc:
        """An expression before an arrow or a bar, which must not become a part of it."""
        return self.expression(node, ATOM if _ends_open(node) else OPEN)

    def statement(self, statement: Value) -> Doc:
        """A statement of a `do`, a comprehension or a guard."""
        match statement:
            case Node("BindS", (pattern, expression)):
                return Group([self.pattern(pattern, OPEN), " <-", self._body(expression)])
            case Node("LetS", (tuple() as declarations,)):
                docs = self.local_declarations(declarations)
                return ["let", block(docs)] if docs else "let {}"
            case Node("NoBindS", (expression,)):
                return self.expression(expression)
            case Node("RecS", (tuple() as statements,)):
                self.need("RecursiveDo")
                return ["rec", block([self.statement(each) for each in statements])]
            case _:
                raise unknown("statement", statement)


_EXTENDING = frozenset("LamE LamCaseE LamCasesE CondE MultiIfE LetE CaseE DoE MDoE StaticE TypeE".split())
_BRACKETED = frozenset("TupE UnboxedTupE UnboxedSumE ListE CompE ArithSeqE TypedBracketE TypedSpliceE".split())
_HUGGING = frozenset("LamCaseE LamCasesE MultiIfE CaseE DoE MDoE".split())


def _ends_open(node: Value) -> bool:
    """Whether an expression ends in something that extends as far to the right as possible."""
    while isinstance(node, Node) and node.constructor in {"InfixE", "UInfixE"}:
        if node.fields[0] is None or node.fields[2] is None:
            return False
        node = node.fields[2]
    return isinstance(node, Node) and node.constructor in _EXTENDING


def _binds_right(operator: Value) -> bool:
    match operator:
        case Node(_, (Name(occ, Global(module=module)),)):
            return occ in RIGHT_TO_LEFT and is_operator(occ) and module in BASE
        case _:
            return False


def _same_operator(operator: Value, right: Value) -> bool:
    """Whether the right operand is an operation of the same operator."""
    match right:
        case Node("InfixE", (left, again, last)) if left is not None and last is not None:
            return again == operator
        case _:
            return False
