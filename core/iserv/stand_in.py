"""Invented replies that carry GHC through a load when there is no interpreter any more: nothing is run or loaded.

Part of the tap: standard library only; no input or output.
"""

from .messages import RUN_FINALIZERS, RUN_TH, RUN_TH_DONE, Protocol, Request
from .readers import BLOB, FIXED, LIST, RECORD, SUM, TEXT, Type

FIRST_NUMBER = 2**40
"""Invented references and pointers count up from here."""

_EXCEPTION = b"\x01"
_DONE = b"\x00"


def text(value: str) -> bytes:
    """A String as GHC reads it."""
    return len(value).to_bytes(8, "big") + value.encode("utf-8", "surrogatepass")


class StandIn:
    """Answers requests in the interpreter's stead."""

    def __init__(self, protocol: Protocol) -> None:
        self._done = bytes([protocol.ask_tag(RUN_TH_DONE)])
        self._next_number = FIRST_NUMBER

    def exception(self, message: str, *, announced: bool = False) -> bytes:
        """The end of a request that runs code: it failed with this message.

        `announced` says whether `RunTHDone` has been sent already.
        """
        done = b"" if announced else self._done
        return done + _EXCEPTION + text(message)

    def result(self, request: Request, result: bytes = b"", *, announced: bool = False) -> bytes:
        """The good end of a request that runs code: of a splice, with this encoded result."""
        done = b"" if announced else self._done
        return done + _DONE + (b"" if request.name == RUN_FINALIZERS else len(result).to_bytes(8, "big") + result)

    def reply(self, request: Request, counted: int) -> bytes:
        """An invented reply to a request that runs no code; `counted` says how many things GHC expects in it.

        Raises ValueError for what cannot be invented.
        """
        if request.reply is None or request.name in (RUN_TH, RUN_FINALIZERS):
            raise ValueError(f"no reply to {request.name} can be invented")
        return self._invent(request.reply, list(request.picks), counted or request.at_least)

    def _invent(self, of: Type, picks: list[int], counted: int) -> bytes:
        kind = of[0]
        if kind == FIXED:
            return b"\x01" if of[1] == 1 else self.number().to_bytes(of[1], "big")
        if kind in (BLOB, TEXT):
            return bytes(8)
        if kind == LIST:
            return counted.to_bytes(8, "big") + b"".join(self._invent(of[1], picks, counted) for _ in range(counted))
        if kind == SUM:
            pick = picks.pop(0)
            return bytes([pick]) + b"".join(self._invent(field, picks, counted) for field in of[1 + pick])
        if kind == RECORD:
            return b"".join(self._invent(field, picks, counted) for field in of[1:])
        raise ValueError(f"a type of kind {kind} cannot be invented")

    def number(self) -> int:
        """A new reference or pointer."""
        self._next_number += 1
        return self._next_number
