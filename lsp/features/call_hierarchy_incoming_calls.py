"""`callHierarchy/incomingCalls`: what calls an item, and where."""

from lsprotocol import types

from thatch.core.navigation.call_hierarchy import incoming_calls
from thatch.lsp.hierarchy import call_item, handle_of
from thatch.lsp.places import to_range
from thatch.lsp.session import View


async def handle(
    view: View, params: types.CallHierarchyIncomingCallsParams
) -> list[types.CallHierarchyIncomingCall] | None:
    """By file, and in the order of the text.  May be cancelled at any time."""
    item = handle_of(params.item)
    return [
        types.CallHierarchyIncomingCall(
            from_=call_item(view, calls.item),
            from_ranges=[to_range(view, place.lines, place.name) for place in calls.places],
        )
        for calls in (await incoming_calls(view.code, item) if item else ())
    ] or None
