"""A program that talks like GHCi and does what a test tells it to, for what a real one cannot be made to do at will.

    fake_ghci.py PLAN ... -ghci-script SCRIPT

PLAN is a JSON file: {"start": [step...], "commands": [[step...]...]}.  The start's steps are carried out before the
first prompt, each command's list for one line of input; when the lists are used up, a command just loads nothing.

    {"say": "text"}       print it as it is (no newline is added), in one piece
    {"pieces": ["a", ..]} print each piece by itself
    {"wait": true}        wait for an interrupt
    {"quiet": true}       say nothing when interrupted, from now on
    {"deaf": true}        ignore interrupts (and the polite request to end) from now on
    {"exit": code}        end with this exit code
    {"signal": number}    be killed by this signal
    {"child": "file"}     start a child that lives long, and write its process id into the file
    {"deny": true}        close the input
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROMPT = ':set prompt "'


def main(arguments: list[str]) -> None:
    """Talk until the input ends."""
    plan = json.loads(Path(arguments[0]).read_text())
    script = Path(arguments[arguments.index("-ghci-script") + 1]).read_text()
    _say("GHCi, version 9.6.6: a fake\n")
    prompt = next(_prompt(line) for line in script.splitlines() if line.startswith(PROMPT))
    _guarded(plan.get("start", []))
    commands = iter(plan.get("commands", []))
    _say(prompt)
    while line := _read_line():
        if line.startswith(PROMPT):
            prompt = _prompt(line)
        else:
            _guarded(next(commands, [{"say": "Ok, no modules loaded.\n"}]))
        _say(prompt)


def _guarded(steps: list[dict[str, Any]]) -> None:
    try:
        for step in steps:
            [(name, value)] = step.items()
            STEPS[name](value)
    except KeyboardInterrupt:
        if not quiet:
            _say("Interrupted.\n")


quiet: list[bool] = []


def _read_line() -> str:
    """A line of input without its end; empty when the input has ended.  At the prompt, an interrupt says nothing."""
    while True:
        try:
            return sys.stdin.readline().rstrip("\n")
        except KeyboardInterrupt:
            continue
        except (OSError, ValueError):
            return ""


def _prompt(line: str) -> str:
    return line.removeprefix(PROMPT).removesuffix('"').replace("\\n", "\n")


def _say(text: str) -> None:
    os.write(1, text.encode("utf-8", "surrogateescape"))


def _say_pieces(pieces: list[str]) -> None:
    for piece in pieces:
        _say(piece)


def _be_deaf(_: bool) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _start_child(file: str) -> None:
    child = subprocess.Popen(["sleep", "600"], stdin=subprocess.DEVNULL)
    Path(file).write_text(f"{child.pid}\n")


STEPS: dict[str, Callable[[Any], object]] = {
    "say": _say,
    "pieces": _say_pieces,
    "wait": lambda _: signal.pause(),
    "quiet": quiet.append,
    "deaf": _be_deaf,
    "exit": os._exit,
    "signal": lambda number: os.kill(os.getpid(), number),
    "child": _start_child,
    "deny": lambda _: os.close(0),
}

if __name__ == "__main__":
    main(sys.argv[1:])
