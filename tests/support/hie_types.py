"""Types of `.hie` files made by hand."""

from thatch.core.hi.model import ModuleId, Namespace, OccName
from thatch.core.hie.model import (
    Application,
    ConstructorApplication,
    ExternalName,
    ForAll,
    Function,
    LocalName,
    Name,
    Qualified,
    Type,
    TypeVariable,
)


class Types(list[Type]):
    """A file's types; each method adds one and gives its index."""

    def __init__(self) -> None:
        super().__init__()
        self.many = self.constructor("GHC.Types.Many", promoted=True)
        self.type = self.constructor("GHC.Types.Type")

    def add(self, type_: Type) -> int:
        self.append(type_)
        return len(self) - 1

    def constructor(
        self, name: str, *arguments: int, hidden: tuple[int, ...] = (), promoted: bool = False, sort: str = ""
    ) -> int:
        """An application of what has that full name; a tuple or a sum is complete."""
        written = [(False, index) for index in hidden] + [(True, index) for index in arguments]
        arity = len(arguments) if sort else 0
        return self.add(
            ConstructorApplication(constructor(name, promoted=promoted), promoted, sort, tuple(written), arity)
        )

    def variable(self, name: Name) -> int:
        return self.add(TypeVariable(name))

    def application(self, function: int, *arguments: int) -> int:
        return self.add(Application(function, tuple((True, index) for index in arguments)))

    def function(self, *types: int, multiplicity: int | None = None) -> int:
        """`a -> b -> c`."""
        *arguments, result = types
        for argument in reversed(arguments):
            result = self.add(Function(self.many if multiplicity is None else multiplicity, argument, result))
        return result

    def forall(self, variable: Name, body: int, kind: int | None = None, visibility: int = 1) -> int:
        return self.add(ForAll(variable, self.type if kind is None else kind, visibility, body))

    def qualified(self, *types: int) -> int:
        """`a => b => c`."""
        *constraints, body = types
        for constraint in reversed(constraints):
            body = self.add(Qualified(constraint, body))
        return body


def constructor(name: str, *, promoted: bool = False) -> ExternalName:
    """The name of a constructor, from its module and what it is called there."""
    module, _, occ = name.rpartition(".")
    while module.endswith("."):
        module, occ = module[:-1], f".{occ}"
    namespace = Namespace.CONSTRUCTOR if promoted else Namespace.TYPE
    return ExternalName(ModuleId("unit", module), OccName(occ, namespace), None, "")


def variable(text: str, number: int) -> LocalName:
    """A type variable; different numbers make different ones."""
    return LocalName(OccName(text, Namespace.TYPE_VARIABLE), None, number)
