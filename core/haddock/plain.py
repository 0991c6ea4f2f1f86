"""Documents as plain text, for editors and terminals that show nothing else."""

from collections.abc import Sequence

from thatch.core.haddock.document import (
    Block,
    Bold,
    BulletList,
    CodeBlock,
    DefinitionList,
    Document,
    Emphasis,
    Examples,
    Heading,
    Identifier,
    Image,
    Inline,
    Link,
    Math,
    ModuleLink,
    Monospace,
    OrderedList,
    Paragraph,
    Property,
    Table,
    Text,
)
from thatch.core.haddock.inline import LINE_BREAK
from thatch.core.haddock.math import readable

_INDENT = "  "


def to_plain(document: Document) -> str:
    """A document as text without markup, its lines broken as in the comment, without a newline at its end."""
    parts = [_blocks(document.blocks), f"Since {document.since}" if document.since else ""]
    return "\n\n".join(part for part in parts if part)


def _blocks(blocks: Sequence[Block]) -> str:
    return "\n\n".join(text for block in blocks if (text := _block(block)))


def _block(block: Block) -> str:
    match block:
        case Paragraph(parts) | Heading(_, parts):
            return _inline(parts)
        case CodeBlock(code):
            return _indented(code)
        case Examples(examples):
            lines = [line for each in examples for line in (f">>> {each.expression}", *each.answer)]
            return _indented("\n".join(lines))
        case Property(expression):
            return _indented(f"prop> {expression}")
        case BulletList(items):
            return "\n".join(_item("*", item) for item in items)
        case OrderedList(items):
            return "\n".join(_item(f"{number}.", item) for number, item in items)
        case DefinitionList(items):
            return "\n".join(_item(f"{_inline(term)}:", item) for term, item in items)
        case Table(head, body):
            return "\n".join(" | ".join(_one_line(cell) for cell in row) for row in (*head, *body))


def _item(mark: str, blocks: Sequence[Block]) -> str:
    first, *rest = _blocks(blocks).split("\n")
    return "\n".join([f"{mark} {first}".rstrip(), *(_INDENT + line if line else "" for line in rest)])


def _indented(text: str) -> str:
    return "\n".join(_INDENT + line if line else "" for line in text.split("\n"))


def _one_line(parts: Sequence[Inline]) -> str:
    return " ".join(_inline(parts).split())


def _inline(parts: Sequence[Inline]) -> str:
    return "".join(_part(part) for part in parts).strip()


def _part(part: Inline) -> str:
    match part:
        case Text(text):
            return LINE_BREAK.sub("\n", text)
        case Emphasis(parts) | Bold(parts) | Monospace(parts):
            return "".join(_part(each) for each in parts)
        case Identifier(name):
            return name
        case ModuleLink(module, _, label):
            return _inline(label) or module
        case Link(url, label):
            return f"{_inline(label)} ({url})" if label else url
        case Image(url, title):
            return title or url
        case Math(tex):
            formula = readable(tex)
            return tex if formula is None else formula
