"""The tap's dealings with the system, where no GHC is needed."""

import signal
import threading

from thatch.core.iserv import child


def test_a_termination_that_is_held_comes_when_it_is_let_go() -> None:
    heard: list[int] = []
    before = signal.getsignal(signal.SIGTERM)
    child.when_terminated(lambda number, _: heard.append(number))
    try:
        child.hold_termination(True)
        # The tap has one thread only; here another one would take it.
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
        held = list(heard)
        child.hold_termination(False)
        assert (held, heard) == ([], [signal.SIGTERM])
    finally:
        child.hold_termination(False)
        signal.signal(signal.SIGTERM, before)
