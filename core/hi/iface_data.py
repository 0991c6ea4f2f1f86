"""Reading a data type, a newtype, or an instance of a data family, with all constructors.

A constructor does not quantify over the variables of its type, and says what it wants of them (`T :: a -> T [a]`) as
equations.  Whether the type is an instance of a family is only told behind its constructors.
"""

from collections.abc import Callable, Mapping, Sequence

from attrs import define

from thatch.core.hi.declared import Argument, Binder, Constructor, DataType
from thatch.core.hi.iface_parts import Item, PartsReader, external
from thatch.core.hie.model import ConstructorApplication, ExternalName, Function
from thatch.core.hie.type_tree import builtin

_KEYWORDS = ("data", "data", "type data", "newtype")


class DataReader(PartsReader):
    """Reads a data type."""

    def read(self) -> DataType:
        """What follows its tag."""
        cursor = self.cursor
        name = self.binder_name()
        binders = self.many(self.tycon_binder)
        result_kind = self.type()
        self.optional(lambda: self.skip("CType"))
        self.skip_roles()
        context = self.many(self.type)
        tag = cursor.tag(4)
        drafts = (self._constructor(),) if tag == 3 else self.many(self._constructor) if tag else ()
        with_types = cursor.flag()
        head = _Head(name, binders, cursor.position)
        result, family = self._result(head, {})
        return DataType(
            name=name,
            types=self.types.types,
            type=self.kind(binders, result_kind),
            parent=family,
            keyword=_KEYWORDS[tag],
            binders=binders,
            result_kind=result_kind,
            context=context,
            constructors=tuple([self._with_type(draft, head, result) for draft in drafts]),
            with_types=with_types,
            instance=result if family else None,
        )

    def _constructor(self) -> "_Draft":
        cursor = self.cursor
        name = self.binder_name()
        cursor.flag()  # Whether there is a wrapper.
        infix = cursor.flag()
        self.many(self.variable)  # Existential ones, which come again.
        variables = self.many(self.spec_binder)
        equations = dict(self.many(lambda: (cursor.text(), self.type())))
        context = self.many(self.type)
        types = self.many(lambda: (self.types.multiplicity(), self.type()))
        labels = self._one_each(self.label, types, "")
        stricts = self._one_each(self._strict, types, False)
        cursor.take(2 * cursor.count())  # Which of them were written as strict or unpacked.
        arguments = tuple(map(Argument, (type_ for _, type_ in types), stricts, labels))
        multiplicities = tuple(multiplicity for multiplicity, _ in types)
        return _Draft(name, infix, variables, equations, context, arguments, multiplicities)

    def _one_each(self, read: Callable[[], Item], arguments: Sequence[object], default: Item) -> Sequence[Item]:
        """Something that is told for each argument or for none."""
        start = self.cursor.position
        found = self.many(read) or (default,) * len(arguments)
        if len(found) != len(arguments):
            raise self.cursor.error(f"{len(arguments)} items, not {len(found)}", start)
        return found

    def _strict(self) -> bool:
        """Whether an argument is strict, because that was written or by an extension."""
        tag = self.cursor.tag(4)
        if tag == 3:
            self.skip("Coercion")
        return tag != 0

    def _result(self, head: "_Head", replaced: Mapping[str, int]) -> tuple[int, ExternalName | None]:
        """What constructors give, with some variables replaced, and the family if it is an instance of one."""
        self.cursor.position = head.parent_at
        if not self.cursor.flag():
            arguments = self.applied(head.binders, replaced)
            return self.types.add(ConstructorApplication(head.name, False, "", arguments)), None
        self.cursor.word()
        index = self.types.application(replaced)
        instance = self.types.at(index)
        assert isinstance(instance, ConstructorApplication)
        return index, external(instance.constructor)

    def _with_type(self, draft: "_Draft", head: "_Head", result: int) -> Constructor:
        if draft.equations:
            result = self._result(head, draft.equations)[0]
        body = result
        for argument, multiplicity in zip(draft.arguments[::-1], draft.multiplicities[::-1], strict=True):
            body = self._function(multiplicity, argument.type, body)
        body = self.types.quantified(draft.variables, self.types.qualified(draft.context, body))
        return Constructor(
            name=draft.name,
            types=self.types.types,
            type=body,
            parent=head.name,
            infix=draft.infix,
            variables=draft.variables,
            context=draft.context,
            arguments=draft.arguments,
            result=result,
        )

    def _function(self, multiplicity: int, argument: int, result: int) -> int:
        """A constructor as a function, which need not be linear where it is used as one."""
        type_ = self.types.at(multiplicity)
        if isinstance(type_, ConstructorApplication) and builtin(type_.constructor) == "One":
            return self.function(argument, result)
        return self.types.add(Function(multiplicity, argument, result))


@define
class _Head:
    """What the constructors of a type need of it."""

    name: ExternalName
    binders: tuple[Binder, ...]
    parent_at: int
    """Where it says of which family it is an instance."""


@define
class _Draft:
    """A constructor without what is only known behind the last one."""

    name: ExternalName
    infix: bool
    variables: tuple[Binder, ...]
    equations: Mapping[str, int]
    """What some variables of the type are for this constructor."""
    context: tuple[int, ...]
    arguments: tuple[Argument, ...]
    multiplicities: tuple[int, ...]
