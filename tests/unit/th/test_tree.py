"""Bytes of syntax trees: what is read is written back, and what is damaged is told."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.th.trees import Trees
from thatch.core.binary.cursor import DecodeError
from thatch.core.th.depth import MOST_LEVELS
from thatch.core.th.names import BareScope, Names
from thatch.core.th.printer import print_expression
from thatch.core.th.schema import Schema, SchemaError, parse_schema, shipped_schema
from thatch.core.th.tree import (
    EXPRESSION,
    Global,
    Local,
    Name,
    Node,
    Qualified,
    Unique,
    Unqualified,
    Value,
    decode,
    encode,
)


def schema_of(series: str) -> Schema:
    schema = shipped_schema(series)
    assert schema is not None
    return schema


@given(random=st.randoms(use_true_random=False), series=st.sampled_from(["9.6", "9.10"]))
def test_trees_come_back(random: Random, series: str) -> None:
    tree = Trees(random, series).expression(3)
    data = encode(tree, EXPRESSION, schema_of(series))
    assert decode(data, EXPRESSION, schema_of(series)) == tree


@pytest.mark.parametrize(
    "flavour",
    [
        Unqualified(),
        Qualified("Data.Map"),
        Unique(2**63),
        Local(-(2**40)),
        Global("VarName", "base", "GHC.Base"),
        Global("FldName", "p", "M", "Con"),
    ],
)
def test_names_come_back(flavour: Unqualified | Qualified | Unique | Local | Global) -> None:
    tree = Node("VarE", (Name("λ\ud800", flavour),))
    schema = schema_of("9.10")
    assert decode(encode(tree, EXPRESSION, schema), EXPRESSION, schema) == tree


@given(random=st.randoms(use_true_random=False), data=st.data())
def test_damage_is_told(random: Random, data: st.DataObject) -> None:
    schema = schema_of("9.6")
    encoded = encode(Trees(random, "9.6").expression(2), EXPRESSION, schema)
    with pytest.raises(DecodeError):
        decode(encoded[: data.draw(st.integers(0, len(encoded) - 1))], EXPRESSION, schema)
    with pytest.raises(DecodeError, match="the end of the bytes"):
        decode(encoded + b"\0", EXPRESSION, schema)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_tree_or_an_error(data: bytes) -> None:
    schema = schema_of("9.6")
    try:
        tree = decode(data, EXPRESSION, schema)
    except DecodeError:
        return
    assert decode(encode(tree, EXPRESSION, schema), EXPRESSION, schema) == tree


def test_an_unknown_tag_has_a_place() -> None:
    schema = schema_of("9.6")
    encoded = encode(Node("AppE", (Node("ListE", ((),)), Node("ListE", ((),)))), EXPRESSION, schema)
    with pytest.raises(DecodeError) as told:
        decode(encoded[:-9] + b"\xff", EXPRESSION, schema)
    assert told.value.offset == len(encoded) - 9
    assert told.value.path == ("AppE.1",)


def nested(n_levels: int) -> Value:
    tree = Node("TupE", ((),))
    for _ in range(n_levels - 1):
        tree = Node("ParensE", (tree,))
    return tree


def test_deep_trees_are_read_and_printed_and_too_deep_ones_refused() -> None:
    schema = schema_of("9.6")
    tree = decode(encode(nested(MOST_LEVELS), EXPRESSION, schema), EXPRESSION, schema)
    text = print_expression(tree, Names(BareScope())).text
    assert text.replace("\n", "").replace(" ", "") == "(" * MOST_LEVELS + ")" * MOST_LEVELS
    with pytest.raises(DecodeError, match="levels of nesting"):
        decode(encode(nested(MOST_LEVELS + 1), EXPRESSION, schema), EXPRESSION, schema)


def test_what_is_no_such_tree_is_not_written() -> None:
    with pytest.raises(ValueError, match="is no Exp"):
        encode(Node("VarP", (Name("x"),)), EXPRESSION, schema_of("9.6"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"format": 2, "types": {}}',
        '{"format": 1, "types": {}}',
        '{"format": 1, "types": {"Exp": {"parameters": [], "constructors": []}}}',
        '{"format": 1, "types": {"Exp": {"parameters": [], "constructors": [["A", ["Nowhere"]]]}}}',
        '{"format": 1, "types": {"Exp": {"parameters": [1], "synonym": "Int"}}}',
    ],
)
def test_a_damaged_schema_is_refused(text: str) -> None:
    with pytest.raises(SchemaError):
        parse_schema(text)


def test_there_is_no_schema_for_other_compilers() -> None:
    assert shipped_schema("9.4") is None
