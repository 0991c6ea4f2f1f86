"""What the editor at the other end can do, read once from its `initialize` request; nothing is sent here."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from attrs import frozen
from lsprotocol import types
from pygls.capabilities import get_capability

from thatch.core.text import Encoding
from thatch.lsp import convert

MOST_FOLDS = 5_000


@frozen(kw_only=True)
class Shows:
    """What an editor does with answers about code."""

    markdown: bool = False
    """Whether it renders markdown in hovers."""

    links: bool = False
    """Whether a definition may say what in the text it belongs to (`LocationLink`)."""

    hint_tooltips: bool = False
    """Whether it asks for the tooltip of an inlay hint when the user wants to see it."""

    refreshes_hints: bool = False
    """Whether it asks for inlay hints again when asked to."""

    refreshes_lenses: bool = False
    """Whether it asks for code lenses again when asked to."""

    refreshes_tokens: bool = False
    """Whether it can be asked to ask for semantic tokens again."""

    content: bool = False
    """Whether it asks for the text of virtual documents (`workspace/textDocumentContent`)."""

    expansions: bool = False
    """Whether it can open documents whose URI begins with `thatch-splice:`."""

    terminals: bool = False
    """Whether it has the command `thatch.run`, which runs something in a terminal."""

    documents: bool = False
    """Whether it opens a document when asked to (`window/showDocument`)."""

    actions: bool = False
    """Whether it takes code actions that are more than commands."""

    disabled_actions: bool = False
    """Whether it shows code actions that cannot be taken, with the reason."""

    resolves_edits: bool = False
    """Whether it asks for the edit of a code action when the user takes it."""

    applies_edits: bool = False
    """Whether it changes documents when asked to (`workspace/applyEdit`)."""

    document_changes: bool = False
    """Whether an edit may name the version of the document."""

    symbol_trees: bool = False
    """Whether it shows symbols within symbols."""

    symbol_kinds: frozenset[int] = frozenset(range(types.SymbolKind.File, types.SymbolKind.Array + 1))
    """The kinds of symbols it knows; LSP says which all editors know that name none."""

    symbol_tags: frozenset[int] = frozenset()
    """The tags of symbols it shows (1 Deprecated)."""

    most_folds: int = MOST_FOLDS
    """How many folding ranges it takes; if it does not say, as many as can be sent without holding up all else."""

    snippets: bool = False
    """Whether it fills in placeholders of what is completed."""

    completion_markdown: bool = False
    """Whether it renders markdown in the documentation of what is completed."""

    signature_markdown: bool = False
    """Whether it renders markdown in the documentation of signatures."""

    signature_offsets: bool = False
    """Whether a parameter may be given by its place in the signature."""

    label_details: bool = False
    """Whether it shows where something comes from beside its label."""

    completion_resolves: frozenset[str] = frozenset()
    """The properties of a completion that it asks for when the user looks at it."""

    token_types: tuple[str, ...] = ()
    """The semantic tokens it colours; none if it knows nothing of these."""

    token_modifiers: tuple[str, ...] = ()
    """The modifiers of semantic tokens it knows."""


@frozen(kw_only=True)
class Client:
    """An editor's abilities, as far as they change what the server says."""

    encoding: Encoding = Encoding.UTF16
    """The unit of columns that was agreed on."""

    folders: tuple[Path, ...] = ()
    """The workspace folders at the start; empty when the editor opened a lone file."""

    pushed: bool = True
    """Whether the server may send `textDocument/publishDiagnostics`."""

    pulls: bool = False
    """Whether the server offers pull diagnostics (see `offers_pull`)."""

    refreshes: bool = False
    """Whether the editor pulls again when asked to (`workspace/diagnostic/refresh`)."""

    pulls_workspace: bool = True
    """Whether the server offers to it to pull the diagnostics of all files at once (see `_pulls_workspace`)."""

    versions: bool = False
    """Whether published diagnostics may name the version of the document."""

    related: bool = False
    """Whether diagnostics may point to other places."""

    code_links: bool = False
    """Whether a diagnostic's code may be a link."""

    keeps_data: bool = False
    """Whether the editor hands `data` of a diagnostic back in code action requests."""

    tags: frozenset[int] = frozenset()
    """The diagnostic tags it shows (1 Unnecessary, 2 Deprecated)."""

    progress: bool = False
    """Whether it shows work-done progress that the server begins."""

    status: bool = False
    """Whether it wants `thatch/status` notifications."""

    trusted: bool = True
    """Whether the project's code may run; an editor that says nothing trusts it."""

    configuration: bool = False
    """Whether it answers `workspace/configuration`."""

    registers_configuration: bool = False
    """Whether `workspace/didChangeConfiguration` must be registered to be sent."""

    shows: Shows = Shows()
    """What it does with answers about code."""


def read_client(params: types.InitializeParams, encoding: Encoding) -> Client:
    """The client that sent these parameters."""
    capabilities = params.capabilities
    publish = get_capability(capabilities, "text_document.publish_diagnostics")
    refreshes = bool(get_capability(capabilities, "workspace.diagnostics.refresh_support", False))
    pulls = get_capability(capabilities, "text_document.diagnostic") is not None
    # An editor may say what it shows where it speaks of pushed or of pulled diagnostics.
    shown = (publish, get_capability(capabilities, "text_document.diagnostic"))
    return Client(
        encoding=encoding,
        folders=_folders(params),
        pushed=publish is not None or not pulls,
        pulls=pulls and (refreshes or publish is None),
        refreshes=refreshes,
        pulls_workspace=_pulls_workspace(params),
        versions=bool(getattr(publish, "version_support", False)),
        related=_declares(shown, "related_information"),
        code_links=_declares(shown, "code_description_support"),
        keeps_data=_declares(shown, "data_support"),
        tags=frozenset().union(*map(_tags, shown)),
        progress=bool(get_capability(capabilities, "window.work_done_progress", False)),
        status=_wants(params, "statusNotification"),
        trusted=_trusts(params.initialization_options),
        configuration=bool(get_capability(capabilities, "workspace.configuration", False)),
        registers_configuration=bool(
            get_capability(capabilities, "workspace.did_change_configuration.dynamic_registration", False)
        ),
        shows=_shows(params),
    )


def _pulls_workspace(params: types.InitializeParams) -> bool:
    """Whether it can use what it pulls of all files at once.

    Neovim 0.12, asked to pull again, pulls that and nothing else, and throws away what is said of open files
    (`runtime/lua/vim/lsp/diagnostic.lua`): they would show what was known when they were opened, until the next edit.
    """
    return params.client_info is None or params.client_info.name != "Neovim"


def _shows(params: types.InitializeParams) -> Shows:
    capabilities = params.capabilities

    def has(name: str, value: object = None) -> bool:
        found = get_capability(capabilities, name)
        return bool(found) if value is None else value in (found or ())

    content = get_capability(capabilities, "workspace.text_document_content") is not None
    edits = has("text_document.code_action.resolve_support.properties", "edit")
    return Shows(
        markdown=has("text_document.hover.content_format", types.MarkupKind.Markdown),
        links=has("text_document.definition.link_support"),
        hint_tooltips=has("text_document.inlay_hint.resolve_support.properties", "tooltip"),
        refreshes_hints=has("workspace.inlay_hint.refresh_support"),
        refreshes_lenses=has("workspace.code_lens.refresh_support"),
        refreshes_tokens=has("workspace.semantic_tokens.refresh_support"),
        content=content,
        expansions=content or _wants(params, "expansionDocuments"),
        terminals=_wants(params, "runInTerminal"),
        documents=has("window.show_document.support"),
        actions=has("text_document.code_action.code_action_literal_support"),
        disabled_actions=has("text_document.code_action.disabled_support"),
        resolves_edits=edits and has("text_document.code_action.data_support"),
        applies_edits=has("workspace.apply_edit"),
        document_changes=has("workspace.workspace_edit.document_changes"),
        **_syntax_shows(capabilities),
    )


def _syntax_shows(capabilities: types.ClientCapabilities) -> dict[str, Any]:
    """What it does with answers about syntax."""

    def get(name: str, default: Any) -> Any:
        return get_capability(capabilities, f"text_document.{name}", default)

    kinds = get("document_symbol.symbol_kind.value_set", None)
    found = {
        "symbol_trees": bool(get("document_symbol.hierarchical_document_symbol_support", False)),
        "symbol_tags": frozenset(map(int, get("document_symbol.tag_support.value_set", ()))),
        "most_folds": min(get("folding_range.range_limit", MOST_FOLDS), MOST_FOLDS),
        "snippets": bool(get("completion.completion_item.snippet_support", False)),
        "completion_markdown": types.MarkupKind.Markdown in get("completion.completion_item.documentation_format", ()),
        "signature_markdown": types.MarkupKind.Markdown
        in get("signature_help.signature_information.documentation_format", ()),
        "signature_offsets": bool(
            get("signature_help.signature_information.parameter_information.label_offset_support", False)
        ),
        "label_details": bool(get("completion.completion_item.label_details_support", False)),
        "completion_resolves": frozenset(get("completion.completion_item.resolve_support.properties", ())),
        "token_types": tuple(get("semantic_tokens.token_types", ())),
        "token_modifiers": tuple(get("semantic_tokens.token_modifiers", ())),
    }
    return found if kinds is None else {**found, "symbol_kinds": frozenset(map(int, kinds))}


def _folders(params: types.InitializeParams) -> tuple[Path, ...]:
    """The folders to work on; `rootUri` and `rootPath` are how editors said it before workspace folders.

    The user's home as a root is none: Kate (22.12) says so of a file that belongs to no project.
    """
    if params.workspace_folders:
        paths = [convert.path(folder.uri) for folder in params.workspace_folders]
    else:
        root = convert.path(params.root_uri) if params.root_uri else params.root_path and Path(params.root_path)
        paths = [root if root and root != Path.home() else None]
    return tuple(dict.fromkeys(path for path in paths if path is not None))


def _declares(capabilities: Iterable[object], name: str) -> bool:
    """Whether any of several capability objects has a flag set."""
    return any(getattr(capability, name, False) for capability in capabilities)


def _tags(capability: object) -> frozenset[int]:
    support = getattr(capability, "tag_support", None)
    return frozenset(int(tag) for tag in support.value_set) if support else frozenset()


def _wants(params: types.InitializeParams, name: str) -> bool:
    """Whether it asks for one of our own extensions, in its capabilities or in the initialization options."""
    sources: tuple[Any, ...] = (params.capabilities.experimental, params.initialization_options)
    return any(isinstance(source, dict) and source.get(name) is True for source in sources)


def _trusts(options: object) -> bool:
    """Whatever is said instead of `true` is no trust; it may be said in the section `thatch` as well."""
    if not isinstance(options, dict):
        return True
    return options.get("trusted", True) is True and _trusts(options.get("thatch"))
