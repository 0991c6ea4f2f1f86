"""Examples in comments as data: what is to be evaluated, what is recorded of it, and what came of it."""

from enum import Enum

from attrs import frozen


class Prompt(Enum):
    """What an example begins with; the values are what stands in the comment."""

    EXAMPLE = ">>>"
    """What follows is for GHCi, the lines below are what it prints."""

    PROPERTY = "prop>"
    """What follows is a property for QuickCheck; variables that are not in scope may be anything."""


@frozen(kw_only=True)
class Example:
    """One prompt in a comment."""

    prompt: Prompt

    code: str
    """What GHCi is to be given: a line, or the lines between `:{` and `:}` with these."""

    recorded: tuple[str, ...]
    """The lines below that say what came of it, without what the comment puts before them."""

    line: int
    """The 0-based line of the prompt."""

    last_line: int
    """The 0-based line of the last recorded line; without one, of what is evaluated."""

    start: int
    """The offset at which the recorded lines begin, with the line end before them, or where they would."""

    end: int
    """The offset behind the recorded lines."""

    prefix: str
    """What stands before each recorded line."""

    in_block: bool
    """Whether the comment is one in braces, which its text can end."""


@frozen
class Block:
    """The examples of one comment: what one defines is in scope in the next ones."""

    examples: tuple[Example, ...]

    is_setup: bool = False
    """Whether it is a comment `$setup`, which is evaluated before all others."""

    def paragraph(self, line: int) -> tuple[Example, ...]:
        """The examples without anything between them that a 0-based line belongs to; none if it belongs to none."""
        return next((some for some in self.paragraphs if some[0].line <= line <= some[-1].last_line), ())

    @property
    def paragraphs(self) -> tuple[tuple[Example, ...], ...]:
        """The examples by what stands together without anything between."""
        found: list[list[Example]] = []
        for example in self.examples:
            if found and found[-1][-1].last_line + 1 == example.line:
                found[-1].append(example)
            else:
                found.append([example])
        return tuple(map(tuple, found))


@frozen
class Outcome:
    """What came of one example."""

    lines: tuple[str, ...]
    """What was printed, errors and exceptions too, without blank lines at the end."""

    cut: bool = False
    """Whether more was printed."""

    ended: str = ""
    """Why the evaluation was ended before it was done, as one line for the user; empty if it was not."""
