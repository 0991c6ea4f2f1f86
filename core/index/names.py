"""Looking once at all names of a module, by the columns of its `.hie` file: which tell something, which are written.

A module has a thousand, nearly all of them plain uses, so no objects are made of those.
"""

from collections.abc import Sequence

from thatch.core.hie.facts import EVIDENCE, ModuleFacts
from thatch.core.hie.model import Context, ContextKind, LocalName
from thatch.core.index.model import NameKey, name_key

INSTANCE = "EvInstBind"
"""How GHC's constructors call the binding of an instance's dictionary."""


class ModuleNames:
    """The names of a module that GHC did not make up."""

    def __init__(self, facts: ModuleFacts) -> None:
        self.facts = facts
        self._keys: dict[int | str, NameKey | None] = {}
        self._is_plain = facts.text.isascii() and "\t" not in facts.text
        self._line_starts: dict[int, int] = {}
        uses, telling, instances, _ = self._sorted()
        self.uses: Sequence[int] = uses
        """The indexes (in `ModuleFacts.mentions`) of names that are only used."""
        self.telling = [facts.occurrence(index) for index in telling]
        """All other names, without dictionaries."""
        self.instances = [facts.occurrence(index) for index in instances]
        """The dictionaries of instances."""

    def key(self, name: int | str) -> NameKey | None:
        """The key of a name in the columns; None of one that no other module knows."""
        if name not in self._keys:
            found = name if isinstance(name, str) else self.facts.names[name]
            self._keys[name] = None if isinstance(found, LocalName) else name_key(found)
        return self._keys[name]

    def is_written(self, index: int) -> bool:
        """As `ModuleFacts.is_written`, by an index; most names are what stands there, which is found out faster."""
        facts = self.facts
        tree, node = facts.tree, facts.mentions.nodes[index]
        key = self.key(facts.mentions.names[index])
        start = tree.start_columns[node]
        seems_so = (
            key is not None
            and self._is_plain
            and tree.end_columns[node] - start == len(key.text)
            and facts.text.startswith(key.text, self._line_start(tree.start_lines[node]) + start - 1)
        )
        return seems_so or facts.is_written(facts.occurrence(index))

    def _line_start(self, line: int) -> int:
        found = self._line_starts.get(line)
        if found is None:
            found = self._line_starts[line] = self.facts.lines.ghc_offset(line, 1)
        return found

    def _sorted(self) -> tuple[list[int], ...]:
        piles: tuple[list[int], ...] = ([], [], [], [])
        of_contexts: dict[bytes, list[int]] = {}
        columns, decoded = self.facts.mentions, self.facts.tree.contexts
        for index, (contexts, generated) in enumerate(zip(columns.contexts, columns.generated, strict=True)):
            if not generated:
                pile = of_contexts.get(contexts)
                if pile is None:
                    pile = of_contexts[contexts] = piles[_pile(decoded[contexts])]
                pile.append(index)
        return piles


def _pile(contexts: Sequence[Context]) -> int:
    kinds = {context.kind for context in contexts}
    if kinds == {ContextKind.USE}:
        return 0
    if kinds and kinds <= EVIDENCE:
        return 2 if any(context.detail == INSTANCE for context in contexts) else 3
    return 1
