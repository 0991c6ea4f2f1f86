"""Completions as LSP sends them, and what an editor sends back of one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lsprotocol import types

from thatch.core.completion.details import import_for
from thatch.core.completion.model import Candidate, Completions, Kind, Origin
from thatch.core.completion.signature_help import SignatureHelp
from thatch.core.hi.model import ModuleId, Name, Namespace, OccName
from thatch.core.navigation.hover import Hover
from thatch.core.navigation.hover_text import markdown, plain
from thatch.core.syntax import is_literate
from thatch.core.text import Encoding, LineIndex, n_units
from thatch.lsp.places import link, to_range
from thatch.lsp.session import View

KINDS = {
    Kind.VARIABLE: types.CompletionItemKind.Variable,
    Kind.FUNCTION: types.CompletionItemKind.Function,
    Kind.METHOD: types.CompletionItemKind.Method,
    Kind.FIELD: types.CompletionItemKind.Field,
    Kind.CONSTRUCTOR: types.CompletionItemKind.EnumMember,
    Kind.TYPE: types.CompletionItemKind.Struct,
    Kind.CLASS: types.CompletionItemKind.Interface,
    Kind.TYPE_VARIABLE: types.CompletionItemKind.TypeParameter,
    Kind.MODULE: types.CompletionItemKind.Module,
    Kind.KEYWORD: types.CompletionItemKind.Keyword,
    Kind.PRAGMA: types.CompletionItemKind.Keyword,
    Kind.EXTENSION: types.CompletionItemKind.Constant,
    Kind.OPTION: types.CompletionItemKind.Constant,
}
"""What comes nearest among LSP's kinds."""

MOST_IMPORTS = 20
"""How many names that must be imported are offered to an editor that wants all their edits at once."""


def completion_list(view: View, path: Path, lines: LineIndex, offset: int, found: Completions) -> types.CompletionList:
    """What is offered at an offset of a text."""
    region = to_range(view, lines, (found.start, offset))
    items = list(_items(view, path, lines, region, found))
    is_complete = found.complete and len(items) == len(found.candidates)
    return types.CompletionList(is_incomplete=not is_complete, items=items)


def _items(
    view: View, path: Path, lines: LineIndex, region: types.Range, found: Completions
) -> Iterator[types.CompletionItem]:
    shows = view.client.shows
    n_imports = 0
    for number, each in enumerate(found.candidates):
        edits = None
        if each.needs_import and "additionalTextEdits" not in shows.completion_resolves:
            n_imports += 1
            if n_imports > MOST_IMPORTS:
                continue
            edits = import_edits(view, path, lines, each, found.qualifier)
        snippet = each.snippet if shows.snippets else ""
        yield types.CompletionItem(
            label=each.label,
            kind=KINDS[each.kind],
            detail=_detail(each),
            label_details=types.CompletionItemLabelDetails(description=each.module) if shows.label_details else None,
            sort_text=f"{number:04}",
            filter_text=each.label if snippet else None,
            text_edit=types.TextEdit(region, snippet or each.label),
            insert_text_format=types.InsertTextFormat.Snippet if snippet else None,
            additional_text_edits=edits,
            data=_data(view, path, each, found.qualifier),
        )


def _detail(each: Candidate) -> str | None:
    if each.detail:
        return f"{each.label} :: {each.detail}"
    if each.needs_import:
        return f"import {each.module}"
    return each.module or None


def import_edits(
    view: View, path: Path, lines: LineIndex, candidate: Candidate, qualifier: str
) -> list[types.TextEdit] | None:
    """What brings a candidate into scope in a text."""
    insertion = import_for(lines.text, candidate, qualifier, literate=is_literate(path))
    if insertion is None:
        return None
    return [types.TextEdit(to_range(view, lines, (insertion.offset, insertion.offset)), insertion.text)]


def documentation(view: View, about: Hover, *, in_markdown: bool) -> types.MarkupContent:
    """What is known of a name, as text."""
    if in_markdown:
        return types.MarkupContent(types.MarkupKind.Markdown, markdown(about, lambda place: link(view, place)))
    return types.MarkupContent(types.MarkupKind.PlainText, plain(about))


def signature(view: View, found: SignatureHelp, text: types.MarkupContent) -> types.SignatureInformation:
    """A signature with its parameters: by their places, or for an editor that looks for them by their text."""
    labels: list[str | tuple[int, int]] = [
        _units(found.signature, place) if view.client.shows.signature_offsets else found.signature[slice(*place)]
        for place in found.parameters
    ]
    return types.SignatureInformation(
        label=found.signature,
        documentation=text if text.value else None,
        parameters=[types.ParameterInformation(label) for label in labels],
    )


def _units(text: str, place: tuple[int, int]) -> tuple[int, int]:
    """A place in a signature as LSP counts there: always in UTF-16."""
    start, end = (n_units(text[:offset], Encoding.UTF16) for offset in place)
    return start, end


def _data(view: View, path: Path, each: Candidate, qualifier: str) -> dict[str, Any] | None:
    """What is needed to ask further about a candidate."""
    if each.name is None and each.origin is not Origin.OWN:
        return None
    name = each.name
    return {
        "uri": view.uri(path),
        "label": each.label,
        "kind": each.kind.value,
        "origin": each.origin.value,
        "module": each.module,
        "parent": each.parent,
        "qualifier": qualifier,
        "name": name and [name.module.unit, name.module.name, name.occ.text, name.occ.namespace.value, name.occ.parent],
    }


def candidate_in(data: Any) -> tuple[str, Candidate, str] | None:
    """The document, the candidate and the qualifier that an editor sends back; None if it is none of ours."""
    try:
        name = data["name"] and _name(*data["name"])
        candidate = Candidate(
            label=data["label"],
            kind=Kind(data["kind"]),
            origin=Origin(data["origin"]),
            name=name or None,
            parent=data["parent"],
            module=data["module"],
        )
        return data["uri"], candidate, data["qualifier"]
    except (KeyError, TypeError, ValueError):
        return None


def _name(unit: str, module: str, text: str, namespace: int, parent: str) -> Name:
    return Name(ModuleId(unit, module), OccName(text, Namespace(namespace), parent))
