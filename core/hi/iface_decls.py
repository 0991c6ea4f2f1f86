"""Reading one declaration of an interface; what is read is in `declared`.

The layout, from `IfaceDecl` in GHC's `compiler/GHC/Iface/Syntax.hs` (9.6.6 and 9.10.3), is that of `Decl` in
`thatch.core.hi.grammar`, where it is written down to be walked over.  Data types are read in `iface_data`, families and
classes in `iface_classes`, types in `iface_types`, and what these share in `iface_parts`.

The type of a function, its details (whether it selects a field) and its info are lazy; the info is not read.
"""

from collections.abc import Callable, Mapping

from thatch.core.binary.ghc_binary import GhcCursor
from thatch.core.hi.declared import Declared, PatternSynonym, Synonym, Value
from thatch.core.hi.iface_classes import FAMILY, ClassReader, FamilyReader
from thatch.core.hi.iface_data import DataReader
from thatch.core.hi.iface_parts import PartsReader, Source, external
from thatch.core.hi.iface_types import NOWHERE
from thatch.core.hie.model import ExternalName

PATTERN_SYNONYM = 7
"""The tag of a pattern synonym among declarations."""

RECORD_SELECTOR = 1
"""The tag of a record field's details."""


class ValueReader(PartsReader):
    """Reads a function."""

    def read(self) -> Value:
        """What follows its tag."""
        cursor = self.cursor
        name = self.binder_name()
        cursor.position = cursor.skip_lazy()
        type_ = self.type()
        if cursor.tag(4) != RECORD_SELECTOR:
            return Value(name=name, types=self.types.types, type=type_)
        parent = self._field_of()
        if self.source.layout.fields_are_names:
            cursor.word()  # The first constructor that has the field.
        # What a constructor hides cannot be selected; GHC makes up a type for it.
        selectable = not cursor.flag()
        return Value(name=name, types=self.types.types, type=type_ if selectable else NOWHERE, parent=parent)

    def _field_of(self) -> ExternalName:
        """The type or pattern synonym that has the field."""
        cursor = self.cursor
        if cursor.tag(2) == 0:
            return external(self.types.tycon())
        # A pattern synonym stands there as a whole.
        start = cursor.position
        if cursor.tag(9) != PATTERN_SYNONYM:
            raise cursor.error("a pattern synonym", start)
        parent = self.binder_name()
        cursor.position = start
        self.skip("Decl")
        return parent


class SynonymReader(PartsReader):
    """Reads a type synonym."""

    def read(self) -> Synonym:
        """What follows its tag."""
        name = self.binder_name()
        self.skip_roles()
        binders = self.many(self.tycon_binder)
        result_kind, right = self.type(), self.type()
        return Synonym(
            name=name,
            types=self.types.types,
            type=self.kind(binders, result_kind),
            binders=binders,
            result_kind=result_kind,
            right=right,
        )


class PatternReader(PartsReader):
    """Reads a pattern synonym."""

    def read(self) -> PatternSynonym:
        """What follows its tag."""
        cursor = self.cursor
        name = self.binder_name()
        cursor.flag()  # Whether it was declared between its arguments.
        self.skip("Builder")
        self.optional(lambda: self.skip("Builder"))
        universal, existential = self.many(self.spec_binder), self.many(self.spec_binder)
        provided, required = self.many(self.type), self.many(self.type)
        arguments, body = self.many(self.type), self.type()
        fields = self.many(self.label)
        for argument in reversed(arguments):
            body = self.function(argument, body)
        inside = self.types.quantified(existential, self.types.qualified(provided, body))
        return PatternSynonym(
            name=name,
            types=self.types.types,
            type=self.types.quantified(universal, self.types.qualified(required, inside)),
            universal=universal,
            required=required,
            existential=existential,
            provided=provided,
            body=body,
            fields=fields,
        )


def read_declaration(cursor: GhcCursor, source: Source) -> Declared:
    """The declaration at a cursor; raises `DecodeError`."""
    start = cursor.position
    read = _READERS.get(cursor.tag(9))
    if read is None:
        raise cursor.error("the tag of a declaration", start)
    return read(cursor, source)


_READERS: Mapping[int, Callable[[GhcCursor, Source], Declared]] = {
    0: lambda cursor, source: ValueReader(cursor, source).read(),
    2: lambda cursor, source: DataReader(cursor, source).read(),
    3: lambda cursor, source: SynonymReader(cursor, source).read(),
    FAMILY: lambda cursor, source: FamilyReader(cursor, source).family(),
    5: lambda cursor, source: ClassReader(cursor, source).concrete(),
    PATTERN_SYNONYM: lambda cursor, source: PatternReader(cursor, source).read(),
    8: lambda cursor, source: ClassReader(cursor, source).abstract(),
}
"""By tag.  What is not among them are axioms, which are equations of families or say what a newtype contains."""
