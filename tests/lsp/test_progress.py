"""Progress bars under a clock of our own."""

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from thatch.core.events import WorkEnded, WorkProgressed, WorkStarted
from thatch.lsp.progress import DELAY_SECONDS, INTERVAL_SECONDS, Progress


class Screen:
    """An editor that answers when told to, and a clock that moves when told to."""

    def __init__(self, *, answers: bool = True) -> None:
        self.now = 0.0
        self.shown: list[tuple[str | int, Any]] = []
        self.created: list[Callable[[bool], None]] = []
        self._answers = answers
        self._calls: list[tuple[float, Callable[[], None]]] = []
        self.progress = Progress(
            self._create, lambda params: self.shown.append((params.token, params.value)), self._later
        )

    @property
    def messages(self) -> list[str]:
        return [f"{value.kind} {getattr(value, 'percentage', None)} {value.message}" for _, value in self.shown]

    def advance(self, seconds: float) -> None:
        end = self.now + seconds
        while due := [call for call in self._calls if call[0] <= end]:
            first = min(due, key=lambda call: call[0])
            self._calls.remove(first)
            self.now = first[0]
            first[1]()
        self.now = end

    def _later(self, seconds: float, call: Callable[[], None]) -> None:
        self._calls.append((self.now + seconds, call))

    def _create(self, _params: types.WorkDoneProgressCreateParams, created: Callable[[bool], None]) -> None:
        self.created.append(created)
        if self._answers:
            created(True)


def test_a_long_operation_is_begun_reported_at_intervals_and_ended() -> None:
    screen = Screen()
    screen.progress.started(WorkStarted(1, "Loading p"))
    assert screen.shown == []
    screen.advance(DELAY_SECONDS)
    for done in range(1, 5):
        screen.progress.progressed(WorkProgressed(1, f"{done}/4 M{done}", done, 4))
    screen.advance(INTERVAL_SECONDS)
    screen.progress.ended(WorkEnded(1, "done"))
    screen.advance(10)
    assert screen.messages == ["begin None None", "report 100 4/4 M4", "end None done"]


def test_the_first_news_after_a_rest_is_told_at_once() -> None:
    screen = Screen()
    screen.progress.started(WorkStarted(1, "Loading"))
    screen.advance(DELAY_SECONDS + INTERVAL_SECONDS)
    screen.progress.progressed(WorkProgressed(1, "1/2 A", 1, 2))
    screen.progress.progressed(WorkProgressed(1, "2/2 B", 2, 2))
    assert screen.messages == ["begin None None", "report 50 1/2 A"]
    screen.advance(INTERVAL_SECONDS)
    assert screen.messages[2:] == ["report 100 2/2 B"]


def test_a_short_operation_is_never_shown() -> None:
    screen = Screen()
    screen.progress.started(WorkStarted(1, "Loading"))
    screen.progress.ended(WorkEnded(1, ""))
    screen.advance(10)
    assert (screen.created, screen.shown) == ([], [])


def test_an_operation_that_ends_before_the_editor_answers_is_never_begun() -> None:
    screen = Screen(answers=False)
    screen.progress.started(WorkStarted(1, "Loading"))
    screen.advance(DELAY_SECONDS)
    screen.progress.ended(WorkEnded(1, ""))
    screen.created[0](True)
    assert screen.shown == []


def test_an_editor_that_refuses_is_told_nothing() -> None:
    screen = Screen(answers=False)
    screen.progress.started(WorkStarted(1, "Loading"))
    screen.advance(DELAY_SECONDS)
    screen.created[0](False)
    screen.progress.progressed(WorkProgressed(1, "1/2", 1, 2))
    screen.progress.ended(WorkEnded(1, ""))
    assert screen.shown == []


def test_what_is_shown_is_ended_when_the_server_stops() -> None:
    screen = Screen()
    screen.progress.started(WorkStarted(1, "Loading"))
    screen.advance(DELAY_SECONDS)
    screen.progress.close()
    screen.advance(10)
    assert screen.messages == ["begin None None", "end None None"]


def test_percentages_never_go_back_and_an_unknown_total_has_none() -> None:
    screen = Screen()
    screen.progress.started(WorkStarted(1, "Loading"))
    screen.progress.progressed(WorkProgressed(1, "a", 0, 0))
    screen.advance(DELAY_SECONDS)
    for message, done in (("b", 3), ("c", 1), ("d", 9)):
        screen.progress.progressed(WorkProgressed(1, message, done, 4))
        screen.advance(INTERVAL_SECONDS)
    assert screen.messages == ["begin None a", "report 75 b", "report 75 c", "report 100 d"]


step = st.one_of(
    st.tuples(st.just("start"), st.integers(0, 2)),
    st.tuples(st.just("progress"), st.integers(0, 2)),
    st.tuples(st.just("end"), st.integers(0, 2)),
    st.tuples(st.just("answer"), st.integers(0, 1)),
    st.tuples(st.just("advance"), st.integers(0, 5)),
)


@given(st.lists(step, max_size=40))
def test_whatever_happens_each_bar_is_begun_once_and_ended_once(steps: list[tuple[str, int]]) -> None:
    screen = Screen(answers=False)
    answered = 0
    for kind, number in steps:
        match kind:
            case "start":
                screen.progress.ended(WorkEnded(number, ""))
                screen.progress.started(WorkStarted(number, "w"))
            case "progress":
                screen.progress.progressed(WorkProgressed(number, str(screen.now), number, 3))
            case "end":
                screen.progress.ended(WorkEnded(number, ""))
            case "answer" if answered < len(screen.created):
                screen.created[answered](bool(number))
                answered += 1
            case "advance":
                screen.advance(number * 0.1)
    screen.progress.close()
    for token in {token for token, _ in screen.shown}:
        kinds = [value.kind for shown, value in screen.shown if shown == token]
        assert kinds[0] == "begin"
        assert kinds[-1] == "end"
        assert set(kinds[1:-1]) <= {"report"}
