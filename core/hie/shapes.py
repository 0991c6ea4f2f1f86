"""How long the records of a `.hie` file are, as regular expressions, and cutting a file by them; not what they mean.

A file is a few long sequences of records without gaps or lengths: names, types, and the nodes of syntax trees, each
before its children.  Python takes half a microsecond for a number, the engine of regular expressions fifty nanoseconds,
so it finds where records end, and they are decoded only when somebody asks for one.  A regular expression cannot
count, so each length of a list is an alternative of its own.  A record with a longer list is *odd*: the decoder, which
knows all of the layout that `thatch.core.hie.reader` draws, has to say where it ends.
"""

import re
from collections.abc import Callable
from functools import cache
from itertools import accumulate

COUNT = rb"[\x80-\xff]{0,8}+[\x00-\x3f]"
"""An `Int` that is not negative."""

INDEX = rb"[\x80-\xff]{0,4}+[\x00-\x7f]"
"""A `Word32`: the index of a string or of a name."""

WORD = rb"[\x80-\xff]{0,9}+[\x00-\x7f]"
"""A `Word64`; also a longer number, which is no record that can be decoded."""

SPAN = INDEX + COUNT * 4
"""A `RealSrcSpan`: file, start line, start column, end line, end column."""

MODULE = rb"\x00" + INDEX * 2
"""A module of an ordinary unit."""

SEVERAL = 6
"""The most identifiers of a node that is not odd."""

WINDOW = 1 << 16
"""How many bytes are cut at once."""


def list_of(item: bytes, most: int, least: int = 0, *, inline: bool = False) -> bytes:
    """A list of at most that many items; `inline` makes a larger expression that is matched faster."""

    def items(n_items: int) -> bytes:
        return item * n_items if inline or n_items < 2 else rb"(?:%b){%d}" % (item, n_items)

    return b"(?:%b)" % b"|".join(rb"\x%02x%b" % (n_items, items(n_items)) for n_items in range(least, most + 1))


_MAYBE_SPAN = rb"(?:\x00|\x01%b)" % SPAN
_SCOPE = rb"(?:[\x00\x02]|\x01%b)" % SPAN
_EVIDENCE = rb"(?:[\x00-\x03]|\x04[\x00\x01]%b|\x05%b)" % (INDEX, list_of(INDEX, 6))
_TYPE_VARIABLE_SCOPE = rb"(?:\x00%b|\x01%b%b)" % (list_of(_SCOPE, 3), list_of(INDEX, 3), _MAYBE_SPAN)

_CONTEXT = b"(?:%b)" % b"|".join(
    (
        rb"[\x00\x02\x09\x0b]",
        rb"\x0a%b%b%b" % (_EVIDENCE, _SCOPE, _MAYBE_SPAN),
        rb"\x04%b%b%b" % (_SCOPE, _SCOPE, _MAYBE_SPAN),
        rb"\x03[\x00\x01]%b%b" % (_SCOPE, _MAYBE_SPAN),
        rb"\x08[\x00-\x03]%b" % _MAYBE_SPAN,
        rb"\x01[\x00-\x03]",
        rb"\x06[\x00-\x06]%b" % _MAYBE_SPAN,
        rb"\x05%b" % _MAYBE_SPAN,
        rb"\x07%b%b" % (_SCOPE, _TYPE_VARIABLE_SCOPE),
    )
)
"""A `ContextInfo`, the commonest first."""

_PARTS = (rb"[\x00\x01]%b" % INDEX, rb"(?:\x00|\x01%b)" % COUNT, list_of(_CONTEXT, 3))
"""Of an identifier: whether it is a name, and its index; perhaps its type; its contexts."""

_IDENTIFIER = b"".join(_PARTS)
_CAPTURED_IDENTIFIER = b"".join(b"(%b)" % part for part in _PARTS)

_INFO_HEAD = rb"[\x00\x01]%b%b" % (list_of(INDEX * 2, 5), list_of(COUNT, 4))
_NODE_END = INDEX + (b"(%b)" % COUNT) * 5


@cache
def identifier_shape() -> re.Pattern[bytes]:
    """An identifier, with its name, its type and its contexts as groups; else all bytes of the window."""
    return re.compile(rb"%b|.+" % _CAPTURED_IDENTIFIER, re.DOTALL)


@cache
def info_head_shape() -> re.Pattern[bytes]:
    """What stands in a `NodeInfo` before its identifiers."""
    return re.compile(_INFO_HEAD, re.DOTALL)


@cache
def node_shape() -> re.Pattern[bytes]:
    """A node without its children, else all bytes of the window.

    Groups: the node; of its only identifier the name, the type and the contexts; else the list of its identifiers; else
    a byte when it has two `NodeInfo`; the lines and columns of its span; how many children it has.
    """
    head = rb"[\x00\x01]%b%b" % (list_of(INDEX * 2, 5, inline=True), list_of(COUNT, 4, inline=True))
    identifiers = rb"\x00|\x01%b|(%b)" % (_CAPTURED_IDENTIFIER, list_of(_IDENTIFIER, SEVERAL, least=2))
    info = _INFO_HEAD + list_of(_IDENTIFIER, 3)
    infos = rb"\x01%b(?:%b)|(\x02)(?:%b){2}|\x00" % (head, identifiers, info)
    return _or_all(rb"(?:%b)%b" % (infos, _NODE_END))


@cache
def node_end_shape() -> re.Pattern[bytes]:
    """What follows the `NodeInfo`s of a node; groups as the last ones of `node_shape`."""
    return re.compile(_NODE_END, re.DOTALL)


@cache
def name_shape(*, fields_are_names: bool) -> re.Pattern[bytes]:
    """An entry of the name table as the only group, else all bytes of the window."""
    occ = rb"(?:[\x00-\x03]%b%b)" % (INDEX, rb"|\x04" + INDEX * 2 if fields_are_names else b"")
    rest = rb"%b(?:\x00%b|\x01(?:[\x00-\x03]|\x04%b))" % (occ, SPAN, INDEX)
    return _or_all(rb"\x00%b%b|\x01%b|\x02%b%b" % (MODULE, rest, rest, INDEX, WORD))


@cache
def type_shape() -> re.Pattern[bytes]:
    """A type as the only group, else all bytes of the window."""
    name, part = INDEX, COUNT
    arguments = list_of(rb"[\x00\x01]" + part, 8)
    sort = rb"(?:[\x00\x03]|\x01%b[\x00-\x02]|\x02%b)" % (COUNT, COUNT)
    return _or_all(
        b"|".join(
            (
                rb"\x00%b" % name,
                rb"\x01%b%b" % (part, arguments),
                rb"\x02%b[\x00\x01]%b%b" % (name, sort, arguments),
                rb"\x03%b%b[\x00-\x02]%b" % (name, part, part),
                rb"\x04%b%b%b" % (part, part, part),
                rb"\x05%b%b" % (part, part),
                rb"\x06[\x02\x03]%b" % INDEX,
                rb"\x07%b" % part,
                rb"\x08",
            )
        )
    )


def _or_all(record: bytes) -> re.Pattern[bytes]:
    """What does not begin with a record is swallowed at once, so that nothing behind it is taken for one."""
    return re.compile(rb"(%b)|.+" % record, re.DOTALL)


def cut(
    shape: re.Pattern[bytes], data: bytes, position: int, n_records: int, behind: Callable[[int], int]
) -> list[int]:
    """Where so many records start, and the last one ends; `behind` tells the end of an odd one by its start.

    Raises what `behind` raises.
    """
    places = [position]
    while (n_missing := n_records + 1 - len(places)) > 0:
        records = shape.findall(data, places[-1], places[-1] + WINDOW)
        if records and not records[-1]:
            records.pop()
        if records:
            lengths = map(len, records[:n_missing])
            places += accumulate(lengths, initial=places.pop())
        else:
            places.append(behind(places[-1]))
    return places
