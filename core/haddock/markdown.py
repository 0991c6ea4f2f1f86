"""Documents as Markdown, for editors: CommonMark with the tables that all of them know."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

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
    Row,
    Table,
    Text,
)
from thatch.core.haddock.inline import LINE_BREAK, plain_text
from thatch.core.haddock.math import readable

Reference = Identifier | ModuleLink
Target = Callable[[Reference], str | None]
"""Where something that a comment refers to is described, as a URL."""

_SPECIAL = re.compile(r"[`*\\|]|(?<!\w)_|_(?!\w)|!(?=\[)|\](?=[(:])|<(?=[A-Za-z/!?])|&(?=#?\w+;)|~(?=~)")
_LINE_START = re.compile(r"^[ \t]*(?:(?=[-+#>=])|(\d+)(?=[.)]))", re.MULTILINE)
_TICKS = re.compile("`+")
_BREAK = re.compile(r"\s*\n\s*")
_PICTURE = re.compile(r"(?:https?:|data:image/)")
_UNSAFE_URL = re.compile(r"[\s<>\\]")


def to_markdown(document: Document, target: Target = lambda _: None) -> str:
    """A document as Markdown, without a newline at its end; `target` gives links for names."""
    return _Printer(target).document(document)


def code_span(text: str) -> str:
    """A text as code within a line, whatever it holds."""
    text = " ".join(text.split()) or " "
    ticks = "`" * (max(map(len, _TICKS.findall(text)), default=0) + 1)
    padding = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{padding}{text}{padding}{ticks}"


def code_block(code: str, language: str = "haskell") -> str:
    """Lines of code, whatever they hold."""
    ticks = "`" * max(3, max(map(len, _TICKS.findall(code)), default=0) + 1)
    return f"{ticks}{language}\n{code}\n{ticks}"


def escaped(text: str) -> str:
    """A text that Markdown shows as it is, unless it is the start of a line that makes it something else."""
    return _SPECIAL.sub(r"\\\g<0>", text)


class _Printer:
    def __init__(self, target: Target) -> None:
        self._target = target

    def document(self, document: Document) -> str:
        parts = [self._blocks(document.blocks)]
        if document.since:
            parts.append(f"*Since {document.since}*")
        return "\n\n".join(part for part in parts if part)

    def _blocks(self, blocks: Sequence[Block]) -> str:
        return "\n\n".join(text for block in blocks if (text := self._block(block)))

    def _block(self, block: Block) -> str:
        match block:
            case Paragraph(parts):
                return self._paragraph(parts)
            case Heading(level, parts):
                return f"{'#' * level} {self._one_line(parts)}"
            case CodeBlock(code):
                return code_block(code)
            case Examples(examples):
                lines = [line for each in examples for line in (f">>> {each.expression}", *each.answer)]
                return code_block("\n".join(lines))
            case Property(expression):
                return code_block(f"prop> {expression}")
            case BulletList(items):
                return "\n".join(self._item("-", item) for item in items)
            case OrderedList(items):
                return "\n".join(self._item(f"{number}.", item) for number, item in items)
            case DefinitionList(items):
                return "\n".join(self._definition(term, item) for term, item in items)
            case Table():
                return "\n".join(self._table(block))

    def _item(self, mark: str, blocks: Sequence[Block]) -> str:
        width = len(mark) + 1
        lines = self._blocks(blocks).split("\n")
        rest = [" " * width + line if line else "" for line in lines[1:]]
        return "\n".join([f"{mark} {lines[0]}".rstrip(), *rest])

    def _definition(self, term: Sequence[Inline], blocks: Sequence[Block]) -> str:
        head = f"**{self._one_line(term).strip()}**: "
        body = self._blocks(blocks)
        separator = "" if blocks and isinstance(blocks[0], Paragraph) else "\n\n"
        lines = (head + separator + body).split("\n")
        return "\n".join([f"- {lines[0]}".rstrip(), *(f"  {line}" if line else "" for line in lines[1:])])

    def _table(self, table: Table) -> Iterator[str]:
        n_columns = max((len(row) for row in (*table.head, *table.body)), default=0)
        head: Row = table.head[0] if table.head else ((),) * n_columns
        for index, row in enumerate((head, *table.head[1:], *table.body)):
            cells = [self._one_line(cell).strip() for cell in row]
            yield f"| {' | '.join([*cells, *[''] * (n_columns - len(cells))])} |"
            if index == 0:
                yield f"|{' --- |' * n_columns}"

    def _paragraph(self, parts: Sequence[Inline]) -> str:
        """Running text, with formulas on lines of their own between."""
        texts = []
        for alone, group in groupby(parts, lambda part: isinstance(part, Math) and part.display):
            if alone:
                texts += [_display(part.tex) for part in group if isinstance(part, Math)]
            else:
                texts.append(_LINE_START.sub(_escaped_start, self._inline(group).strip()))
        return "\n\n".join(text for text in texts if text)

    def _one_line(self, parts: Sequence[Inline]) -> str:
        return _BREAK.sub(" ", self._inline(parts).strip())

    def _inline(self, parts: Iterable[Inline]) -> str:
        return "".join(self._part(part) for part in parts)

    def _part(self, part: Inline) -> str:
        match part:
            case Text(text):
                return escaped(LINE_BREAK.sub("\n", text))
            case Emphasis(parts):
                return _marked("*", self._inline(parts))
            case Bold(parts):
                return _marked("**", self._inline(parts))
            case Monospace(parts):
                return self._monospace(parts)
            case Identifier(name):
                return self._linked(code_span(name), part)
            case ModuleLink(module, _, label):
                return self._linked(self._inline(label) if label else code_span(module), part)
            case Link(url, label):
                return _link(self._inline(label) if label else escaped(url), url)
            case Image(url, title):
                return _image(url, title)
            case Math(tex):
                formula = readable(tex)
                return code_span(tex if formula is None else formula)

    def _monospace(self, parts: tuple[Inline, ...]) -> str:
        match parts:
            case (Identifier() | ModuleLink() | Link() as only,):
                # A link in monospace is a link; its text is code anyway.
                return self._part(only)
            case _:
                return code_span(plain_text(parts))

    def _linked(self, shown: str, reference: Reference) -> str:
        url = self._target(reference)
        return shown if url is None else _link(shown, url)


def _marked(mark: str, text: str) -> str:
    """Emphasis, which Markdown does not see where a blank stands inside its marks."""
    inner = text.strip()
    if not inner:
        return text
    start = text.index(inner)
    return f"{text[:start]}{mark}{inner}{mark}{text[start + len(inner) :]}"


def _link(shown: str, url: str) -> str:
    if _UNSAFE_URL.search(url):
        url = _UNSAFE_URL.sub(lambda found: f"%{ord(found[0]):02X}", url)
    return f"[{shown.strip()}]({url.replace('(', '%28').replace(')', '%29')})"


def _image(url: str, title: str) -> str:
    """A picture that an editor can get at; of one in the package's own files only what it shows."""
    if _PICTURE.match(url):
        return "!" + _link(escaped(title), url)
    return f"*({escaped(title or url)})*"


def _display(tex: str) -> str:
    """A formula on lines of its own."""
    text = readable(tex)
    return code_block(tex, "latex") if text is None else code_span(text)


def _escaped_start(found: re.Match[str]) -> str:
    """The start of a line with what makes it an item or a heading, but without the blanks that would make it code."""
    return f"{found[1] or ''}\\"
