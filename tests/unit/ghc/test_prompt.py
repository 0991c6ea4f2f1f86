"""The prompt protocol: whatever GHCi prints, in whatever pieces, an answer ends at its own prompt and nowhere else."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.readers import check_reader, read
from thatch.core.ghc.prompt import Event, Line, Prompt, Ready

TOKEN = "0123456789abcdef"
NOISE = st.text(st.characters(exclude_characters="\n<", exclude_categories=["Cs"]), max_size=30)


def after(n_commands: int) -> Prompt:
    prompt = Prompt(TOKEN)
    for _ in range(n_commands):
        prompt.command(":reload")
    return prompt


def mark(number: int) -> str:
    return f"<thatch-{TOKEN}-{number}>"


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (b"", []),
        (b"one\ntwo\n", [Line("one"), Line("two")]),
        (b"one\n\ntwo", [Line("one"), Line(""), Line("two")]),
        (f"one\n{mark(2)}\n".encode(), [Line("one"), Ready(2)]),
        (f"{mark(1)}\none\n{mark(2)}\n".encode(), [Line("one"), Ready(2)]),
        (f"glued{mark(2)}\n".encode(), [Line("glued"), Ready(2)]),
        (f"glued{mark(1)}\n".encode(), [Line("glued")]),
        (f"{mark(1)}{mark(2)}\n".encode(), [Line(mark(1)), Ready(2)]),
        (f"\r\none\r\n{mark(2)}\r\n".encode(), [Line("\r"), Line("one\r"), Ready(2)]),
        (b"\xff\xfe\n", [Line("\ufffd\ufffd")]),
        (f"\xe9{mark(2)}\n".encode("latin-1"), [Line("\ufffd"), Ready(2)]),
        (f"{mark(2)} and more\n".encode(), [Line(f"{mark(2)} and more")]),
        (f"{mark(2)[:-1]}\n".encode(), [Line(mark(2)[:-1])]),
        (f"<thatch-{TOKEN}-x>\n".encode(), [Line(f"<thatch-{TOKEN}-x>")]),
        (f"<thatch-{TOKEN}-\u0662>\n".encode(), [Line(f"<thatch-{TOKEN}-\u0662>")]),
        (b"<thatch-feedfacefeedface-2>\n", [Line("<thatch-feedfacefeedface-2>")]),
        (f"{mark(3)}\n".encode(), []),
    ],
)
def test_events(output: bytes, expected: list[Event]) -> None:
    check_reader(lambda: after(2), output, expected)


@given(st.lists(st.tuples(NOISE, st.integers(0, 3)), max_size=6), st.data())
def test_the_pieces_make_no_difference(said: list[tuple[str, int]], data: st.DataObject) -> None:
    """Lines, each perhaps followed by a prompt of an earlier, the current or no command, cut anywhere."""
    output = b""
    expected: list[Event] = []
    for text, number in said:
        output += (text + (mark(number) if number < 3 else "") + "\n").encode()
        if text or number == 3:
            expected.append(Line(text))
        if number == 2:
            expected.append(Ready(2))
    places = sorted(data.draw(st.lists(st.integers(0, len(output)), max_size=8)))
    chunks = [output[start:end] for start, end in zip([0, *places], [*places, len(output)], strict=True)]
    assert read(after(2), chunks) == expected


@given(st.binary(max_size=200))
def test_no_bytes_raise_or_look_like_a_prompt(output: bytes) -> None:
    assert all(isinstance(event, Line) for event in read(after(1), [output]))


def test_a_command_is_followed_by_its_own_prompt() -> None:
    prompt = Prompt(TOKEN)
    assert prompt.number == 0
    assert prompt.command(":reload") == f':reload\n:set prompt "{mark(1)}\\n"\n'.encode()
    assert prompt.command(":type é") == f':type é\n:set prompt "{mark(2)}\\n"\n'.encode()
    assert prompt.number == 2


def test_the_start_script_sets_the_first_prompt() -> None:
    assert Prompt(TOKEN).script() == f':set prompt "{mark(0)}\\n"\n:set prompt-cont ""\n'


def test_asking_again_leaves_earlier_prompts_behind() -> None:
    """After an interrupt only a prompt that was asked for after it counts."""
    prompt = after(1)
    assert prompt.again() == f':set prompt "{mark(2)}\\n"\n'.encode()
    assert prompt.receive(f"{mark(1)}\n".encode()) == []
    assert prompt.receive(f"{mark(2)}\n".encode()) == [Ready(2)]


def test_a_command_is_one_line() -> None:
    with pytest.raises(ValueError, match="single line"):
        Prompt().command("1 +\n1")


def test_two_sessions_have_different_prompts() -> None:
    assert Prompt().script() != Prompt().script()


def test_a_very_long_line_costs_linear_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted, not timed: how many bytes are searched for a line end."""
    searched = 0

    class Counting(bytearray):
        def find(self, sub: bytes, start: int = 0) -> int:  # type: ignore[override]
            nonlocal searched
            searched += len(self) - start
            return super().find(sub, start)

    prompt = after(1)
    monkeypatch.setattr(prompt, "_pending", Counting())
    chunk = b"x" * 2**16
    n_chunks = 80
    for _ in range(n_chunks):
        assert prompt.receive(chunk) == []
    [line, ready] = prompt.receive(f"\n{mark(1)}\n".encode())
    assert isinstance(line, Line)
    assert len(line.text) == n_chunks * len(chunk)
    assert ready == Ready(1)
    assert searched < n_chunks * len(chunk) + 2**16
    assert sys.getsizeof(prompt._pending) < 2**16
