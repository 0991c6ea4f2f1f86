"""Which arguments the function wants that a place is an argument of, and which of them is being written."""

import asyncio
from pathlib import Path

from attrs import evolve, frozen

from thatch.core.completion.call import Call, calls_at, parameters
from thatch.core.completion.completion import Completer, text_of
from thatch.core.completion.details import details
from thatch.core.navigation.code import Code
from thatch.core.navigation.hover import Hover, hover


@frozen
class SignatureHelp:
    """The signature of a function at one of its arguments."""

    signature: str

    parameters: tuple[tuple[int, int], ...]
    """Where the types of its arguments stand in the signature."""

    argument: int
    """Which of them is being written, from 0."""

    about: Hover
    """What is known of the function besides; without code."""


async def signature_help(code: Code, completer: Completer, path: Path, offset: int) -> SignatureHelp | None:
    """The function that an offset is in an argument of, the innermost whose type is known and has that argument.

    May be cancelled at any time.
    """
    text = await text_of(code, path)
    for call in await asyncio.to_thread(calls_at, text, offset):
        found = await _function(code, completer, path, text, call)
        signature = _signature(found) if found else ""
        places = parameters(signature)
        if found and call.argument < len(places):
            return SignatureHelp(signature, tuple(places), call.argument, evolve(found, code="", here=""))
    return None


async def _function(code: Code, completer: Completer, path: Path, text: str, call: Call) -> Hover | None:
    """What is known of the function, as GHC knew it at this place, else by its name alone."""
    seen = await code.modules.seen(path, code.documents)
    known = await hover(code.modules, code.documents, seen, call.end - 1) if seen else None
    if known and _signature(known):
        return known
    offered = await completer.complete(code, path, call.end)
    label = text[offered.start : call.end]
    meant = next((each for each in offered.candidates if each.label == label and not each.needs_import), None)
    if meant and meant.detail:
        return Hover(region=(call.start, call.end), code=f"{label} :: {meant.detail}")
    return await details(code, path, meant) if meant else None


def _signature(found: Hover) -> str:
    """The signature in what is shown of a name, on one line; empty if it has none."""
    lines = found.code.split("\n")
    start = next((index for index, line in enumerate(lines) if "::" in line and not line.startswith(" ")), None)
    return "" if start is None else " ".join(" ".join(lines[start:]).split())
