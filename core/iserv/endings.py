"""What users are told when an interpreter came to a bad end: sentences only.

Part of the tap: standard library only.
"""

from .child import NOT_STARTED

_SIGKILL = 9

MOST_QUOTED = 2000
"""How many of the last characters that an interpreter printed are quoted."""


NOT_REPLAYED = "This splice is not run while its module is edited."
"""Nobody reads it: the module is left to the session of the whole project."""


def too_long(seconds: float) -> str:
    """A splice ran for longer than it may."""
    return f"This splice ran for more than {seconds:g} s and was stopped (setting splices.seconds)."


def too_big(n_bytes: int) -> str:
    """A splice needed more memory than it may."""
    return f"This splice needed more than {n_bytes // 2**20} MB of memory and was stopped (setting splices.memoryMb)."


def too_many(n_processes: int) -> str:
    """A splice started too many processes."""
    return f"This splice had more than {n_processes} processes and was stopped."


def hung_up() -> str:
    """The interpreter lives, but has closed its pipes."""
    return "The interpreter was ended because the splice closed its connection to GHC."


def died(code: int, program: str, said: bytes) -> str:
    """The interpreter ended by itself with this exit code (negative for a signal)."""
    quoted = said.decode("utf-8", "replace").strip()[-MOST_QUOTED:]
    if code == NOT_STARTED:
        return f"The interpreter {program} did not start: {quoted or 'nothing is known of the reason'}."
    if code == -_SIGKILL:
        sentence = "The interpreter was killed (SIGKILL), perhaps by the system for want of memory."
    elif code < 0:
        sentence = f"The interpreter crashed ({_signal_name(-code)})."
    else:
        sentence = f"The interpreter exited with code {code}."
    return f"{sentence}\nIts last words: {quoted}" if quoted else sentence


def refusal(cause: str) -> str:
    """A splice came after that end."""
    return f"This splice was not run, because the interpreter is gone. {cause}"


def _signal_name(number: int) -> str:
    # It takes long to load.
    import signal

    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
