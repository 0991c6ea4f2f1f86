"""Navigation in an editor, with real compilers: in a broken buffer, across modules, and at a start without GHC."""

from pathlib import Path

import pytest
from lsprotocol import types

from tests.conftest import Ghc
from tests.support.lsp_client import LspClient
from tests.support.lsp_sessions import StartServer, started_without_ghc
from tests.support.markers import lay_out
from thatch.core.text import LineIndex

PROJECT = """
    -- /Shapes.hs
    module Shapes (Shape (..), area) where

    data Shape = Circle { radius :: Double } | Square { side :: Double }
      deriving (Eq, Show)

    class Measured a where
      measure :: a -> Double

    instance Measured Shape where
      measure = area

    area :: Shape -> Double
    area (Circle r) = pi * r * r
    area (Square s) = s * s
    -- /Main.hs
    module Main where

    import Shapes

    🦆 :: Shape
    🦆 = Circle 3

    main :: IO ()
    main = print (area 🦆)
""".replace("🦆", "größe")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of modules without a build description."""
    return lay_out(tmp_path / "project", PROJECT)


def document(path: Path) -> types.TextDocumentIdentifier:
    return types.TextDocumentIdentifier(path.as_uri())


def place(client: LspClient, path: Path, text: str, inside: int = 0) -> types.Position:
    """The position of the first occurrence of a text."""
    found = LineIndex(client.texts[path]).position(client.texts[path].index(text) + inside, client.encoding)
    return types.Position(found.line, found.column)


async def definition(client: LspClient, path: Path, text: str, inside: int = 0) -> list[str]:
    """Where a name leads, as `Main.hs:5:1`, all 1-based."""
    params = types.DefinitionParams(document(path), place(client, path, text, inside))
    return [said(one) for one in await client.rpc.text_document_definition_async(params) or ()]


async def type_definition(client: LspClient, path: Path, text: str) -> list[str]:
    params = types.TypeDefinitionParams(document(path), place(client, path, text))
    return [said(one) for one in await client.rpc.text_document_type_definition_async(params) or ()]


def said(one: types.Location | types.LocationLink) -> str:
    uri, region = (
        (one.target_uri, one.target_selection_range) if isinstance(one, types.LocationLink) else (one.uri, one.range)
    )
    return f"{uri.rsplit('/', 1)[-1]}:{region.start.line + 1}:{region.start.character + 1}"


async def references(client: LspClient, path: Path, text: str) -> list[str]:
    """Where a name is mentioned, besides its definition."""
    context = types.ReferenceContext(include_declaration=False)
    params = types.ReferenceParams(context, document(path), place(client, path, text))
    return [said(one) for one in await client.rpc.text_document_references_async(params) or ()]


async def hover(client: LspClient, path: Path, text: str) -> str:
    params = types.HoverParams(document(path), place(client, path, text))
    found = await client.rpc.text_document_hover_async(params)
    assert found
    assert isinstance(found.contents, types.MarkupContent)
    return found.contents.value


async def test_names_lead_to_their_definitions_while_the_buffer_is_broken(
    ghc: Ghc, lsp: StartServer, folder: Path
) -> None:
    main, shapes = folder / "Main.hs", folder / "Shapes.hs"
    client = await lsp("vscode", ghc, folder)
    client.open(main)
    await client.quiescent()
    assert await definition(client, main, "area größe") == ["Shapes.hs:13:1"]
    assert await definition(client, main, "größe)") == ["Main.hs:6:1"]
    assert await type_definition(client, main, "größe)") == ["Shapes.hs:3:6"]
    assert "area :: Shape -> Double" in await hover(client, main, "area größe")

    client.edit(main, client.texts[main].replace("import Shapes", "import Shapes\nimport"))
    assert await definition(client, main, "area größe") == ["Shapes.hs:13:1"]
    await client.until(lambda: client.diagnostics(main), "the error")
    await client.quiescent()
    assert await definition(client, main, "area größe") == ["Shapes.hs:13:1"]

    client.open(shapes)
    client.edit(shapes, client.texts[shapes].replace("area :: Shape", "-- moved\n\narea :: Shape"))
    assert await definition(client, main, "area größe") == ["Shapes.hs:15:1"]
    marked = await client.rpc.text_document_document_highlight_async(
        types.DocumentHighlightParams(document(shapes), place(client, shapes, "area ::"))
    )
    assert [(one.range.start.line + 1, one.kind) for one in marked or ()] == [
        (1, types.DocumentHighlightKind.Text),
        (10, types.DocumentHighlightKind.Read),
        (14, types.DocumentHighlightKind.Text),
        (15, types.DocumentHighlightKind.Write),
        (16, types.DocumentHighlightKind.Write),
    ]


async def test_everything_is_known_at_a_start_without_ghc(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    main = folder / "Main.hs"
    second = await started_without_ghc(lsp, ghc, folder)
    second.open(main)
    assert await definition(second, main, "area größe") == ["Shapes.hs:13:1"]
    assert "area :: Shape -> Double" in await hover(second, main, "area größe")
    assert await references(second, main, "area größe") == ["Main.hs:9:15", "Shapes.hs:1:28", "Shapes.hs:10:13"]
    await everything_about_all_modules(second, main)


async def everything_about_all_modules(client: LspClient, main: Path) -> None:
    """Every question that the index answers, over the wire."""
    rpc, here = client.rpc, (document(main), place(client, main, "area größe"))
    declared = await rpc.text_document_declaration_async(types.DeclarationParams(*here))
    assert [said(one) for one in declared or ()] == ["Shapes.hs:12:1"]
    symbols = await rpc.workspace_symbol_async(types.WorkspaceSymbolParams("meas"))
    assert [(one.name, one.kind, one.container_name, said(one.location)) for one in symbols or ()] == [
        ("measure", types.SymbolKind.Method, "Shapes", "Shapes.hs:7:3"),
        ("Measured", types.SymbolKind.Interface, "Shapes", "Shapes.hs:6:7"),
    ]

    (area,) = await rpc.text_document_prepare_call_hierarchy_async(types.CallHierarchyPrepareParams(*here)) or ()
    assert (area.name, area.kind, area.detail) == ("area", types.SymbolKind.Function, "Shapes")
    incoming = await rpc.call_hierarchy_incoming_calls_async(types.CallHierarchyIncomingCallsParams(area))
    assert [(one.from_.name, one.from_.detail, len(one.from_ranges)) for one in incoming or ()] == [
        ("main", "Main", 1),
        ("measure", "Shapes, instance Measured Shape", 1),
    ]
    outgoing = await rpc.call_hierarchy_outgoing_calls_async(types.CallHierarchyOutgoingCallsParams(area))
    assert [one.to.name for one in outgoing or ()] == ["Circle", "Square"]

    shape = document(main), place(client, main, "Shape\n")
    (item,) = await rpc.text_document_prepare_type_hierarchy_async(types.TypeHierarchyPrepareParams(*shape)) or ()
    above = await rpc.type_hierarchy_supertypes_async(types.TypeHierarchySupertypesParams(item))
    assert [one.name for one in above or ()] == ["Eq", "Show", "Measured"]
    (measured,) = [one for one in above or () if one.name == "Measured"]
    below = await rpc.type_hierarchy_subtypes_async(types.TypeHierarchySubtypesParams(measured))
    assert [(one.name, one.kind) for one in below or ()] == [("Measured Shape", types.SymbolKind.Object)]
    implementing = await rpc.text_document_implementation_async(types.ImplementationParams(*shape))
    assert [said(one) for one in implementing or ()] == ["Shapes.hs:4:13", "Shapes.hs:4:17", "Shapes.hs:9:10"]


async def test_mentions_are_found_as_they_are_typed(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    main, shapes = folder / "Main.hs", folder / "Shapes.hs"
    client = await lsp("vscode", ghc, folder)
    client.open(main)
    await client.quiescent()
    assert await references(client, main, "area größe") == ["Main.hs:9:15", "Shapes.hs:1:28", "Shapes.hs:10:13"]
    client.edit(main, client.texts[main].replace("main ::", "-- moved\nmain ::"))
    assert await references(client, main, "area größe") == ["Main.hs:10:15", "Shapes.hs:1:28", "Shapes.hs:10:13"]
    await client.quiescent()

    client.edit(main, client.texts[main] + "\nmore :: [Double]\nmore = [area größe, measure größe]\n")
    await client.quiescent()
    found = ["Main.hs:10:15", "Main.hs:13:9", "Shapes.hs:1:28", "Shapes.hs:10:13"]
    assert await references(client, main, "area größe") == found
    client.save(main)
    client.open(shapes)
    client.replace(shapes, "(Shape (..), area)", "(Shape (..), Measured (..), area)")
    client.save(shapes)
    await client.quiescent()
    assert await references(client, main, "measure größe") == ["Main.hs:13:21", "Shapes.hs:10:3"]
    assert await references(client, shapes, "Double }") == [
        f"{name}.hs:{line}:{column}"
        for name, line, column in [
            ("Main", 12, 10), ("Shapes", 3, 33), ("Shapes", 3, 61), ("Shapes", 7, 19), ("Shapes", 12, 18),
        ]
    ]  # fmt: skip
