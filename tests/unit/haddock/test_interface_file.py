"""`.haddock` files are read as Haddock wrote them, and say what our own reading of the comments says.

The samples were made from `samples/Markup.hs` by the Haddocks that come with GHC 9.6.6 and 9.10.3:
`haddock --dump-interface=Markup.haddock Markup.hs`.
"""

import random
import tracemalloc
from pathlib import Path

import pytest

from thatch.core.binary.cursor import DecodeError
from thatch.core.haddock.blocks import parse_document
from thatch.core.haddock.document import Document, Identifier, ModuleLink, Monospace, Paragraph
from thatch.core.haddock.interface_file import HaddockFile
from thatch.core.haddock.markdown import to_markdown
from thatch.core.haddock.plain import to_plain
from thatch.core.source.outline import outline

SAMPLES = Path(__file__).parent / "samples"
SERIES = ("9.6", "9.10")
BY_TEXT = {each.name: each for each in outline((SAMPLES / "Markup.hs").read_text("utf-8")).definitions}
N_DAMAGED = 150
MOST_BYTES = 20_000_000


def data(series: str) -> bytes:
    return (SAMPLES / series / "Markup.haddock").read_bytes()


def documents(series: str) -> dict[str, Document]:
    names, _ = HaddockFile(data(series)).modules["Markup"].read()
    return {name.occ.text: document for name, document in names.items()}


@pytest.mark.parametrize("series", SERIES)
def test_haddock_reads_comments_as_we_do(series: str) -> None:
    """Compared as text: Haddock keeps blanks at line breaks, and calls names by what they mean."""
    found = documents(series)
    assert found.keys() == {name for name, each in BY_TEXT.items() if each.comments}
    assert len(found) == 18
    for name, document in found.items():
        if name != "names":
            by_text = parse_document("\n\n".join(BY_TEXT[name].comments))
            assert to_markdown(document) == to_markdown(by_text)
            assert to_plain(document) == to_plain(by_text)
            assert document.since.removeprefix("main-") == by_text.since


@pytest.mark.parametrize("series", SERIES)
def test_names_are_what_they_mean(series: str) -> None:
    (paragraph,) = documents(series)["names"].blocks
    assert isinstance(paragraph, Paragraph)
    names = [part.name.removeprefix("Data.List.") for part in paragraph.parts if isinstance(part, Identifier)]
    assert [name for name in names if name != "foldl'"] == ["sort", "sort", "sort", "Maybe", "Just", "+"]
    assert sum(isinstance(part, Monospace) for part in paragraph.parts) in {2, 3}
    assert [part for part in paragraph.parts if isinstance(part, ModuleLink)] == [
        ModuleLink("Data.List"),
        ModuleLink("Data.List", "anchor"),
    ]


@pytest.mark.parametrize("series", SERIES)
def test_arguments(series: str) -> None:
    _, arguments = HaddockFile(data(series)).modules["Markup"].read()
    assert {name.occ.text: found for name, found in arguments.items()} == {
        "arguments": {index: parse_document(text) for index, text in BY_TEXT["arguments"].arguments.items()}
    }


def test_other_files() -> None:
    with pytest.raises(DecodeError, match=r"the start of a \.haddock file"):
        HaddockFile(b"not such a file")
    with pytest.raises(DecodeError):
        HaddockFile(b"")
    with pytest.raises(DecodeError, match=r"of version 42, 44, not 43"):
        HaddockFile(data("9.6").replace(b"\x2a", b"\x2b", 1))


def read_all(content: bytes) -> None:
    """Read all that there is, unless the file is damaged."""
    try:
        file = HaddockFile(content)
        for module in file.modules.values():
            names, arguments = module.read()
            for document in (*names.values(), *(each for found in arguments.values() for each in found.values())):
                to_markdown(document)
                to_plain(document)
    except DecodeError:
        return


@pytest.mark.parametrize("series", SERIES)
def test_cut_short(series: str) -> None:
    content = data(series)
    for n_bytes in range(len(content)):
        read_all(content[:n_bytes])


@pytest.mark.parametrize("series", SERIES)
def test_damaged(series: str) -> None:
    chance = random.Random(series)
    tracemalloc.start()
    try:
        for _ in range(N_DAMAGED):
            changed = bytearray(data(series))
            for _ in range(chance.randrange(1, 6)):
                start = chance.randrange(len(changed))
                new = chance.choice(
                    (b"\xff", b"\x80", b"\0", b"\x01", b"\x7f", chance.randbytes(1), chance.randbytes(4))
                )
                changed[start : start + len(new)] = new
            read_all(bytes(changed))
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    finally:
        tracemalloc.stop()


def test_depth_is_damage() -> None:
    content = data("9.6")
    at = content.index(b"Plain text of") - 2
    with pytest.raises(DecodeError, match="an end of text in text"):
        HaddockFile(content[:at] + b"\x06" * 1000 + content[at + 1000 :]).modules["Markup"].read()
