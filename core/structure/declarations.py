"""What declarations in a syntax tree declare, and how their types are written; nothing is looked up or typed."""

from collections.abc import Iterator

from thatch.core.structure.syntax_tree import Node, Tree

VALUES = frozenset({"function", "bind"})
"""Clauses of functions, and all other bindings of a name or a pattern."""

COMMENTS = frozenset({"comment", "haddock"})
_ASIDES = COMMENTS | {"pragma"}


def items(tree: Tree, node: Node) -> Iterator[Node]:
    """The declarations, comments and pragmas of a module, class or instance, or of a `where` or `let`, in order."""
    for child in tree.children(node):
        if tree.kinds[child] in _GROUPS:
            yield from items(tree, child)
        else:
            yield child


def names(tree: Tree, declaration: Node) -> list[Node]:
    """The names that a declaration is about: leaves of the tree, operators without their brackets."""
    kind = tree.kinds[declaration]
    if kind == "bind" and (pattern := tree.child(declaration, "pattern")) is not None:
        return pattern_variables(tree, pattern)
    if kind == "field":
        return [
            name for child in tree.children(declaration) if tree.fields[child] == "name" for name in _heads(tree, child)
        ]
    head = tree.child(declaration, "name", "names", "synonym", "infix", "parens")
    return _heads(tree, head) if head is not None else []


def pattern_variables(tree: Tree, pattern: Node) -> list[Node]:
    """The variables that a pattern binds."""
    found = []
    node, after = pattern, tree.afters[pattern]
    while node < after:
        if node > pattern and _binds_nothing(tree, node):
            node = tree.afters[node]
            continue
        if tree.kinds[node] == "variable" and not _names_field(tree, node):
            found.append(node)
        node += 1
    return found


def is_function_type(tree: Tree, signature: Node) -> bool:
    """Whether the type in a signature is one of functions, as far as it is written out."""
    node = tree.child(signature, "type")
    while node is not None and tree.kinds[node] in {"forall", "context", "parens"}:
        node = tree.child(node, "type")
    return node is not None and tree.kinds[node] in {"function", "linear_function", "forall_required"}


def one_line(tree: Tree, start: int, end: int) -> str:
    """The code between two offsets on one line, without comments and pragmas; cut if it is very long."""
    pieces, at = [], start
    node = tree.at(start)
    while tree.parents[node] >= 0 and tree.ends[node] < end:
        node = tree.parents[node]
    for inner in tree.descendants(node):
        if tree.kinds[inner] in _ASIDES and at <= tree.starts[inner] < end:
            pieces.append(tree.code[at : tree.starts[inner]])
            at = tree.ends[inner]
    text = " ".join(" ".join([*pieces, tree.code[at:end]]).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


_LONGEST = 300
_GROUPS = frozenset({"haskell", "imports", "declarations", "class_declarations", "instance_declarations"})
_NAMES = frozenset({"variable", "name", "constructor", "operator", "constructor_operator"})


def _heads(tree: Tree, node: Node) -> list[Node]:
    """The names at the head of the left side of a declaration."""
    while tree.kinds[node] not in _NAMES:
        if tree.kinds[node] == "binding_list":
            return [
                name for child in tree.children(node) if tree.fields[child] == "name" for name in _heads(tree, child)
            ]
        head = tree.child(node, *_HEAD_FIELDS) or next(
            (child for child in tree.children(node) if not tree.kinds[child].startswith('"')), None
        )
        if head is None:
            return []
        node = head
    return [node]


def _listed(tree: Tree, node: Node) -> list[Node]:
    return [name for child in tree.children(node) if tree.fields[child] == "name" for name in _heads(tree, child)]


_HEAD_FIELDS = ("operator", "function", "constructor", "infix")


def _binds_nothing(tree: Tree, node: Node) -> bool:
    """Whether a part of a pattern is a type, or the function of a view pattern."""
    in_view = tree.kinds[tree.parents[node]] == "view_pattern"
    return tree.fields[node] == "type" or (in_view and tree.fields[node] == "expression")


def _names_field(tree: Tree, variable: Node) -> bool:
    """Whether a variable in a pattern only names a field: `x` in `P{x = y}`, but not in `P{x}`."""
    name = tree.parents[variable]
    if name < 0 or tree.kinds[name] != "field_name":
        return False
    return tree.child(tree.parents[name], "pattern") is not None
