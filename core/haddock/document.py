"""A comment in Haddock's markup as a tree; it is made by `blocks` and printed by `markdown` and `plain`."""

from attrs import frozen


@frozen
class Text:
    """Ordinary text; a line break in it means no more than a blank."""

    text: str


@frozen
class Emphasis:
    """`/emphasis/`."""

    parts: tuple["Inline", ...]


@frozen
class Bold:
    """`__bold__`."""

    parts: tuple["Inline", ...]


@frozen
class Monospace:
    """`@monospace@`."""

    parts: tuple["Inline", ...]


@frozen
class Identifier:
    """A name in quotes."""

    name: str
    """As written, without the quotes; it may be qualified, an operator, or something else that was quoted."""

    space: str = ""
    """`v` if it was said to be a value, `t` if it was said to be a type."""


@frozen
class ModuleLink:
    """A module's name in double quotes."""

    module: str
    anchor: str = ""
    label: tuple["Inline", ...] = ()
    """What to show instead of the name, if there is something."""


@frozen
class Link:
    """A link."""

    url: str
    label: tuple["Inline", ...] = ()
    """What to show instead of the address, if there is something."""


@frozen
class Image:
    """A picture."""

    url: str
    title: str = ""


@frozen
class Math:
    """LaTeX."""

    tex: str
    display: bool = False
    """Whether it wants a line of its own."""


Inline = Text | Emphasis | Bold | Monospace | Identifier | ModuleLink | Link | Image | Math


@frozen
class Paragraph:
    """Running text."""

    parts: tuple[Inline, ...]


@frozen
class Heading:
    """A heading."""

    level: int
    """1 to 6."""

    parts: tuple[Inline, ...]


@frozen
class CodeBlock:
    """Code on lines of its own."""

    code: str


@frozen
class Example:
    """What somebody types at a prompt, and what is answered."""

    expression: str
    answer: tuple[str, ...] = ()


@frozen
class Examples:
    """Examples that follow each other."""

    examples: tuple[Example, ...]


@frozen
class Property:
    """`prop>`: something that holds for all values."""

    expression: str


@frozen
class BulletList:
    """A list without numbers."""

    items: tuple[tuple["Block", ...], ...]


@frozen
class OrderedList:
    """A list with numbers."""

    items: tuple[tuple[int, tuple["Block", ...]], ...]


@frozen
class DefinitionList:
    """Terms with explanations."""

    items: tuple[tuple[tuple[Inline, ...], tuple["Block", ...]], ...]


Row = tuple[tuple[Inline, ...], ...]
"""The cells of a row."""


@frozen
class Table:
    """A table; a cell over several columns stands in the first of them."""

    head: tuple[Row, ...]
    body: tuple[Row, ...]


Block = Paragraph | Heading | CodeBlock | Examples | Property | BulletList | OrderedList | DefinitionList | Table


@frozen
class Document:
    """A whole comment."""

    blocks: tuple[Block, ...] = ()

    since: str = ""
    """The version in which the thing appeared, where the comment tells."""
