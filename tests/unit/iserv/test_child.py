"""The tap's dealings with the system, where no GHC is needed."""

import os
import signal

from thatch.core.iserv import child


def test_a_termination_that_is_held_comes_when_it_is_let_go() -> None:
    heard: list[int] = []
    before = signal.getsignal(signal.SIGTERM)
    child.when_terminated(lambda number, _: heard.append(number))
    try:
        child.hold_termination(True)
        os.kill(os.getpid(), signal.SIGTERM)
        held = list(heard)
        child.hold_termination(False)
        assert (held, heard) == ([], [signal.SIGTERM])
    finally:
        child.hold_termination(False)
        signal.signal(signal.SIGTERM, before)
