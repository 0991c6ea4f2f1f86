"""Haddock's markup: what is read, how it is printed for editors and terminals, and that no text is an error."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from thatch.core.haddock.blocks import parse_document
from thatch.core.haddock.document import (
    Bold,
    BulletList,
    CodeBlock,
    DefinitionList,
    Document,
    Emphasis,
    Example,
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
from thatch.core.haddock.inline import parse_inline
from thatch.core.haddock.markdown import code_block, code_span, to_markdown
from thatch.core.haddock.math import readable
from thatch.core.haddock.module_header import ModuleHeader, parse_module_header
from thatch.core.haddock.plain import to_plain

PIECES = [
    "word", " ", "\n", "\n\n", "    ", "@", "/", "__", "'", "`", '"', "<", ">", "<<", ">>", "[", "]", "(", ")", "#",
    "* ", "1. ", "(2) ", "= ", ">>> ", "> ", "prop> ", "@since 1.2", "\\", "\\(", "\\)", "\\[", "\\]", "&#65;", "http://a.b",
    "!", "[a](b)", "+---+\n", "| a |\n", "+===+\n", "[term]: ", "- ", "é", "\t", "$x$", "```", "|",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("plain text", (Text("plain text"),)),
        ("/emphasis/ here", (Emphasis((Text("emphasis"),)), Text(" here"))),
        ("/not\nhere/", (Text("/not\nhere/"),)),
        ("__bold__", (Bold((Text("bold"),)),)),
        ("foo_bar and a_b", (Text("foo_bar and a_b"),)),
        ("@f 'map' x@", (Monospace((Text("f "), Identifier("map"), Text(" x"))),)),
        ("@two\nlines@", (Monospace((Text("two\nlines"),)),)),
        ("'map'", (Identifier("map"),)),
        ("`map`", (Identifier("map"),)),
        ("'foldl''", (Identifier("foldl'"),)),
        ("'a'b'", (Identifier("a'b"),)),
        ("'Data.Map.map'", (Identifier("Data.Map.map"),)),
        ("'(Prelude.++)'", (Identifier("(Prelude.++)"),)),
        ("'++'", (Identifier("++"),)),
        ("'Prelude.++'", (Identifier("Prelude.++"),)),
        ("'()' and '(,)'", (Identifier("()"), Text(" and "), Identifier("(,)"))),
        ("t'Foo' v'Foo'", (Identifier("Foo", "t"), Text(" "), Identifier("Foo", "v"))),
        ("'`elem`'", (Identifier("elem"),)),
        ("don't, can't", (Text("don't, can't"),)),
        ("'two words'", (Text("'two words'"),)),
        ('"Data.Map"', (ModuleLink("Data.Map"),)),
        ('"Data.Map#size"', (ModuleLink("Data.Map", "size"),)),
        ('"not a module"', (Text('"not a module"'),)),
        ('[the "x"]("Data.Map")', (ModuleLink("Data.Map", "", (Text('the "x"'),)),)),
        ("<http://a.b>", (Link("http://a.b"),)),
        ("<http://a.b the label>", (Link("http://a.b", (Text("the label"),)),)),
        ("[a /b/](http://c.d)", (Link("http://c.d", (Text("a "), Emphasis((Text("b"),)))),)),
        ("see http://a.b/c.", (Text("see "), Link("http://a.b/c"), Text("."))),
        ("<<a.png a title>>", (Image("a.png", "a title"),)),
        ("![a title](a.png)", (Image("a.png", "a title"),)),
        ("\\(n^2\\)", (Math("n^2"),)),
        ("O\\(n^2\\)", (Text("O"), Math("n^2"))),
        ("\\[n\n^2\\]", (Math("n\n^2", display=True),)),
        ("#anchor#text", (Text("text"),)),
        ("\\/not\\/ \\@x\\@ \\\\", (Text("/not/ @x@ \\"),)),
        ("a \\'b\\' c", (Text("a 'b' c"),)),
        ("&#65;&#x42;&#xFFFFFF;", (Text("AB\N{REPLACEMENT CHARACTER}"),)),
        ("a &amp; b", (Text("a &amp; b"),)),
        ("@a\\@b@", (Monospace((Text("a@b"),)),)),
        ("a / b", (Text("a / b"),)),
        ("@never closed", (Text("@never closed"),)),
        ("(\\(k, v) -> k)", (Text("((k, v) -> k)"),)),
        ('"ŉ"', (Text('"ŉ"'),)),
    ],
)
def test_inside_a_paragraph(text: str, parts: tuple[Inline, ...]) -> None:
    assert parse_inline(text) == parts


def paragraph(text: str) -> Paragraph:
    return Paragraph((Text(text),))


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("a\nb\n\nc", (paragraph("a\nb"), paragraph("c"))),
        ("= One\ntext\n\n=== Three", (Heading(1, (Text("One"),)), paragraph("text"), Heading(3, (Text("Three"),)))),
        ("> a\n>  b\n> c", (CodeBlock("a\n b\nc"),)),
        (">a\n> b", (CodeBlock("a\n b"),)),
        ("@\n  f 'x' = /y/\n    z\n@\nafter", (CodeBlock("f x = y\n  z"), paragraph("after"))),
        ("@\nnever closed", (paragraph("@\nnever closed"),)),
        (
            ">>> 1 + 1\n2\n>>> print 3\n3\n<BLANKLINE>\n4\n\ntext",
            (Examples((Example("1 + 1", ("2",)), Example("print 3", ("3", "", "4")))), paragraph("text")),
        ),
        ("prop> x == x", (Property("x == x"),)),
        ("@f 'x'@\n\n* @y@", (CodeBlock("f x"), BulletList(((CodeBlock("y"),),)))),
        ("see\nhttp://a.b", (Paragraph((Text("see\n"), Link("http://a.b"))),)),
        ("[t] @y@", (DefinitionList((((Text("t"),), (Paragraph((Monospace((Text("y"),)),)),)),)),)),
        ("* a\n  b\n* c", (BulletList(((paragraph("a\nb"),), (paragraph("c"),))),)),
        ("- a\n\n- b", (BulletList(((paragraph("a"),), (paragraph("b"),))),)),
        ("1. a\n2. b", (OrderedList(((1, (paragraph("a"),)), (2, (paragraph("b"),)))),)),
        ("(1) a\n(3) b", (OrderedList(((1, (paragraph("a"),)), (3, (paragraph("b"),)))),)),
        (
            "[@a@]: one\n[b] two",
            (DefinitionList((((Monospace((Text("a"),)),), (paragraph("one"),)), ((Text("b"),), (paragraph("two"),)))),),
        ),
        ("[a](b) is a link", (Paragraph((Link("b", (Text("a"),)), Text(" is a link"))),)),
        (
            "* a\n\n    b\n\n    * c\n\n* d\n\ne",
            (
                BulletList(
                    ((paragraph("a"), paragraph("b"), BulletList(((paragraph("c"),),))), (paragraph("d"),)),
                ),
                paragraph("e"),
            ),
        ),
        (
            "+---+-----+\n| a | b   |\n+===+=====+\n| 1 | 'x' |\n|   | y   |\n+---+-----+\n| wide    |\n+---+-----+",
            (
                Table(
                    (((Text("a"),), (Text("b"),)),),
                    (((Text("1"),), (Identifier("x"), Text("\ny"))), ((Text("wide"),), ())),
                ),
            ),
        ),
    ],
)
def test_blocks(text: str, blocks: tuple[object, ...]) -> None:
    indented = "\n".join(f" {line}" if line else "" for line in text.split("\n"))
    assert parse_document(text).blocks == blocks
    # As comments have it, with a blank in front of each line.
    assert parse_document(indented).blocks == blocks


def test_since() -> None:
    assert parse_document("text\n\n@since 4.7.0.0\n") == Document((paragraph("text"),), "4.7.0.0")
    assert parse_document("@since base-4.7").since == "base-4.7"
    assert parse_document("@since yesterday").since == ""


DOCUMENT = r"""
 \(\mathcal{O}(n \log n)\). @f 'map' xs@ is /a/ __b__ of "Data.Map", see <http://a.b c>.
 # not a heading, 1) not a list, *not* emphasis, a\<b>c, [x](y)?

 * one

     > code

 * two

 [term]: means

 >>> f 1
 2

 == Heading

 +---+---+
 | a | b |
 +===+===+
 | 1 | 2 |
 +---+---+

 \[ \frac{a}{b} \]

 @since 1.2
"""


def test_markdown() -> None:
    assert to_markdown(parse_document(DOCUMENT)) == (
        "`O(n log n)`. `f map xs` is *a* **b** of `Data.Map`, see [c](http://a.b).\n"
        "\\# not a heading, 1) not a list, \\*not\\* emphasis, a\\<b>c, [x](y)?\n\n"
        "- one\n\n  ```haskell\n  code\n  ```\n- two\n\n"
        "- **term**: means\n\n"
        "```haskell\n>>> f 1\n2\n```\n\n"
        "## Heading\n\n"
        "| a | b |\n| --- | --- |\n| 1 | 2 |\n\n"
        "`a/b`\n\n"
        "*Since 1.2*"
    )


def test_plain() -> None:
    assert to_plain(parse_document(DOCUMENT)) == (
        "O(n log n). f map xs is a b of Data.Map, see c (http://a.b).\n"
        "# not a heading, 1) not a list, *not* emphasis, a<b>c, x (y)?\n\n"
        "* one\n\n    code\n* two\n\n"
        "term: means\n\n"
        "  >>> f 1\n  2\n\n"
        "Heading\n\n"
        "a | b\n1 | 2\n\n"
        "a/b\n\n"
        "Since 1.2"
    )


def test_names_may_be_links() -> None:
    document = parse_document("'map' of \"Data.Map\" and @'set'@, (x)")
    links = {Identifier("map"): "file:///a b(c)", ModuleLink("Data.Map"): "m.html", Identifier("set"): None}
    assert to_markdown(document, lambda reference: links[reference]) == (
        "[`map`](file:///a%20b%28c%29) of [`Data.Map`](m.html) and `set`, (x)"
    )


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        ("\\mathcal{O}(n)", "O(n)"),
        ("O(\\min(n, W))", "O(min(n, W))"),
        ("m \\log(\\frac{n}{m}+1), m \\leq n", "m log(n/m+1), m ≤ n"),
        ("2^{n+1} \\cdot x_{i}", "2^(n+1) · x_i"),
        ("\\log n", "log n"),
        ("\\sqrt{2\\pi}", "√(2π)"),
        ("\\{x\\}", "{x}"),
        ("\\begin{matrix} a \\end{matrix}", None),
        ("\\unknown x", None),
    ],
)
def test_formulas(tex: str, text: str | None) -> None:
    assert readable(tex) == text


def test_a_formula_that_is_too_hard_stays_as_it_is() -> None:
    assert to_markdown(parse_document("\\(\\unknown x\\)")) == "`\\unknown x`"
    assert to_markdown(parse_document("\\[\\unknown x\\]")) == "```latex\n\\unknown x\n```"
    assert to_plain(parse_document("\\(\\unknown x\\)")) == "\\unknown x"


def visible(markdown: str) -> str:
    """The words that a reader of Markdown sees."""
    tokens = MarkdownIt("commonmark").parse(markdown)
    return "".join(
        "\n" if child.type == "softbreak" else child.content
        for token in tokens
        for child in ([token] if token.children is None else token.children)
    )


@given(st.text(alphabet="abc 12*_`[]()<>#+-=.!|~&;\\{}\n$:/\"'", min_size=1).map(str.strip))
def test_text_is_shown_as_it_is(text: str) -> None:
    lines = [" ".join(line.split()) for line in text.split("\n")]
    wanted = "\n".join(line for line in lines if line)
    shown = to_markdown(Document((Paragraph((Text(wanted),)),)))
    assert visible(shown) == wanted


@given(st.text(alphabet="ab`\n \\*"))
def test_code_is_shown_as_it_is(code: str) -> None:
    assert visible(code_block(code)).removesuffix("\n") == code.removesuffix("\n") or code.endswith("\n")
    if code.strip():
        assert visible(code_span(code)) == " ".join(code.split())


@given(TEXTS | st.text())
def test_no_text_is_an_error(text: str) -> None:
    document = parse_document(text)
    assert isinstance(to_markdown(document), str)
    assert isinstance(to_plain(document), str)
    assert parse_inline(text) is not None


@given(TEXTS)
def test_no_word_is_lost(text: str) -> None:
    document = parse_document(f"before {text}\n\nafter")
    assert "before" in to_plain(document)
    assert "after" in to_plain(document)


@pytest.mark.parametrize("piece", PIECES)
def test_no_text_takes_long(piece: str) -> None:
    started = process_time()
    for text in (piece * (30_000 // len(piece)), "a" + f"{piece}\n" * (20_000 // len(piece))):
        document = parse_document(text)
        to_markdown(document)
        to_plain(document)
    assert process_time() - started < 5


def test_lists_may_be_nested_without_end() -> None:
    document = parse_document("\n\n".join("    " * depth + "* item" for depth in range(300)))
    assert to_plain(document).count("item") == 300


HEADER = """
 Module      : Data.Thing
 Description : What it
               is about.
 License     : BSD-style
 Stability   : stable

 The text: with a colon.

   Name : no field any more
"""


def test_fields_of_a_module_are_no_text() -> None:
    header = parse_module_header(HEADER)
    assert header.description == "What it is about."
    assert header.fields["license"] == "BSD-style"
    assert header.text == " The text: with a colon.\n\n   Name : no field any more\n"


@pytest.mark.parametrize("text", ["", "\n", " Text only.", " x :: Int", " text\n Name : value"])
def test_most_modules_have_no_fields(text: str) -> None:
    assert parse_module_header(text) == ModuleHeader({}, text)


@given(st.text(alphabet="ab: \n\t-"))
def test_any_text_may_stand_above_a_module(text: str) -> None:
    header = parse_module_header(text)
    assert header.fields or header.text == text
