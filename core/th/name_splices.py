"""Names that no import can reach, as splices of just the name: GHC takes from a splice what no source can say.

Only names that are expressions are written so.  For those in patterns, in types and of fields there is no such way, or
no readable one.
"""

from collections.abc import Callable

from thatch.core.th.depth import room_for_deep_trees
from thatch.core.th.names import Space
from thatch.core.th.tree import Global, Name, Node, Value

NAME_SPLICE = "NameSpliceE"
"""A constructor that template-haskell does not have: an expression that is a splice of a name.

Its fields are the name and whether it is of the unit of the module itself: the id of that one is not the same for all
who compile the module.
"""

Reaches = Callable[[Name, Space], bool]
"""Whether an import can reach what a name means, if it means something of a module's top level."""


def makers(name: Name) -> tuple[Name, Name]:
    """The functions of template-haskell that make an expression of a name, and such a name."""
    is_constructor = isinstance(name.flavour, Global) and name.flavour.space == "DataName"
    expression, of_module = ("conE", "mkNameG_d") if is_constructor else ("varE", "mkNameG_v")
    return Name(expression, Global("VarName", _PACKAGE, _LIBRARY)), Name(
        of_module, Global("VarName", _PACKAGE, _SYNTAX)
    )


_PACKAGE = "template-haskell"
_LIBRARY = "Language.Haskell.TH.Lib.Internal"
_SYNTAX = "Language.Haskell.TH.Syntax"

LOCATION = Name("location", Global("VarName", _PACKAGE, _SYNTAX))
"""Asks where a splice stands."""

UNIT = Name("loc_package", Global("VarName", _PACKAGE, _SYNTAX))
"""The unit in what that answers."""


def with_name_splices(tree: Value, reaches: Reaches, unit: str) -> Value:
    """The tree with splices for the names in it that no import can reach, as far as they are expressions.

    `unit` is the id of the unit whose module the tree is for.
    """
    with room_for_deep_trees():
        return _rewritten(tree, reaches, unit)


def _rewritten(tree: Value, reaches: Reaches, unit: str) -> Value:
    match tree:
        case Node("VarE", (Name(_, Global("VarName", package)) as name,)) if not reaches(name, Space.VALUE):
            return Node(NAME_SPLICE, (name, package == unit))
        case Node("ConE", (Name(_, Global("DataName", package)) as name,)) if not reaches(name, Space.CONSTRUCTOR):
            return Node(NAME_SPLICE, (name, package == unit))
        case Node("InfixE", (left, operator, right)):
            parts = [_rewritten(each, reaches, unit) for each in (left, operator, right)]
            return _operation(parts[0], parts[1], parts[2], operator)
        case Node("UInfixE", (left, operator, right)):
            # It belongs to what stands around it in ways that only its fixity tells.
            return Node("UInfixE", (_rewritten(left, reaches, unit), operator, _rewritten(right, reaches, unit)))
        case Node(constructor, fields):
            return Node(constructor, tuple(_rewritten(each, reaches, unit) for each in fields))
        case tuple() as items:
            return tuple(_rewritten(each, reaches, unit) for each in items)
        case _:
            return tree


def _operation(left: Value, operator: Value, right: Value, before: Value) -> Node:
    """An operator with its operands, of which each may be None; a splice is none, but a function."""
    if not isinstance(operator, Node) or operator.constructor != NAME_SPLICE:
        return Node("InfixE", (left, operator, right))
    if left is None:
        return Node("InfixE", (left, before, right)) if right is not None else operator
    applied = Node("AppE", (operator, left))
    return applied if right is None else Node("AppE", (applied, right))
