"""Renaming in `.hs-boot` files, of which GHC leaves nothing to read: by their texts alone."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from thatch.core.hi.model import Namespace
from thatch.core.index.model import Definition
from thatch.core.navigation.texts import Text
from thatch.core.rename.file_edits import FileEdits, sorted_out
from thatch.core.rename.places import Obstacle
from thatch.core.rename.thing import SPACES, Thing
from thatch.core.rename.words import Where, find_words
from thatch.core.splices.inline_head import Edit
from thatch.core.syntax import is_literate, parse_header

UNCERTAIN = "may be another thing in this file"


def boot_edits(boots: Mapping[Path, Text], thing: Thing, labelled: Collection[Definition]) -> list[FileEdits]:
    """The edits of such files; raises `ThatchError`.  `labelled` is everything that is called as the thing is."""
    return [
        sorted_out(path, text.lines, thing.label, _edits(path, text, thing, labelled)) for path, text in boots.items()
    ]


def _edits(path: Path, text: Text, thing: Thing, labelled: Collection[Definition]) -> Iterator[Edit | Obstacle]:
    literate = is_literate(path)
    words = list(find_words(text.lines.text, thing.label, literate=literate))
    if not words:
        return
    header = parse_header(text.lines.text, literate=literate)
    if header.name != thing.module and thing.module not in {each.module for each in header.imports}:
        # Only types of other modules are of use in such a file, and one may come through another module.
        if thing.space is Namespace.TYPE and header.imports:
            yield Obstacle(words[0].start, UNCERTAIN)
        return
    spaces = {SPACES[Namespace(one.key.namespace)] for one in labelled if one.key.module == thing.module}
    has_constructors = any(word.where is Where.CODE for word in find_words(text.lines.text, "=", literate=literate))
    for word in words:
        if len(spaces) == 1 or (not has_constructors and thing.space is Namespace.TYPE):
            yield Edit(word.start, word.end, thing.new)
        elif has_constructors and word.where is not Where.LINK:
            yield Obstacle(word.start, UNCERTAIN)
