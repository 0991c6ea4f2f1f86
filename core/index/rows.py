"""From what a `.hie` file says of a module to the rows that the index keeps of it; no I/O."""

from thatch.core.ghc.stamps import text_stamp
from thatch.core.hie.facts import ModuleFacts
from thatch.core.index.definitions import definitions
from thatch.core.index.instances import bodies, instances, superclasses
from thatch.core.index.mentions import mentions
from thatch.core.index.model import ModuleRows
from thatch.core.index.names import ModuleNames
from thatch.core.syntax import parse_header


def module_rows(facts: ModuleFacts, *, literate: bool) -> ModuleRows:
    """What the index keeps of a module; takes some milliseconds."""
    names = ModuleNames(facts)
    header = parse_header(facts.text, literate=literate).name_span
    defined = tuple(definitions(names, header))
    of_classes = instances(names)
    return ModuleRows(
        module=facts.module,
        text=text_stamp(facts.text),
        definitions=defined,
        mentions=mentions(names, defined, header),
        instances=of_classes,
        bodies=tuple(bodies(names, of_classes)),
        superclasses=tuple(superclasses(names)),
    )
