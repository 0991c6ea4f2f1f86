"""The plugin in real Neovims, with the real server and real GHCs, on a copy of the examples."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support.neovim import Neovim

DIAGNOSTICS = """
vim.tbl_map(function(one)
  return { line = one.lnum, code = one.code, source = one.source, text = one.message }
end, vim.diagnostic.get(0))
"""

FLOAT = """
(function()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= "" then
      return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false), "\\n")
    end
  end
end)()
"""

EXPANSION = "vim.startswith(vim.api.nvim_buf_get_name(0), 'thatch-splice://') and vim.bo.buftype == 'nofile'"
"""Whether the current buffer shows an expansion that the server has given."""

APPLY = """
local title = ...
vim.lsp.buf.code_action({ apply = true, filter = function(action) return action.title == title end })
"""


@pytest.fixture
def neovim(editor: Neovim) -> Iterator[Neovim]:
    """The editor with one window on `Letters.hs`, as it was at the start, and no messages."""
    yield reset(editor)
    reset(editor)


def reset(editor: Neovim) -> Neovim:
    editor.command("silent! cclose | silent! only! | call setqflist([], 'f')")
    editor.lua("vim.cmd('edit! ' .. ...)", str(editor.folder / "letters" / "src" / "Letters.hs"))
    editor.quiet()
    editor.lua("vim.g.said = {}")
    return editor


def with_a_mistake(neovim: Neovim) -> list[dict[str, Any]]:
    """The diagnostics after a type error was typed; the cursor is on its line."""
    neovim.go("isReply _ = False")
    neovim.command("normal! ccisReply _ = 'c'")
    found: list[dict[str, Any]] = neovim.until(f"#({DIAGNOSTICS}) > 0 and {DIAGNOSTICS}")
    return found


def test_an_error_is_shown_while_one_types_and_goes_when_it_is_mended(neovim: Neovim) -> None:
    assert neovim.lua("return vim.diagnostic.get(0)") == []
    (found,) = with_a_mistake(neovim)
    assert found["code"] == "GHC-83865"
    assert found["source"] == "ghc"
    assert found["line"] == neovim.lua("return vim.fn.line('.') - 1")
    assert "Couldn't match expected type" in found["text"]
    neovim.command("undo")
    neovim.until("#vim.diagnostic.get(0) == 0")


def test_hover_shows_types_and_expansions(neovim: Neovim) -> None:
    neovim.go("view place letter")
    neovim.lua("vim.lsp.buf.hover()")
    assert "view ::" in neovim.until(FLOAT)
    neovim.command("silent! only!")
    neovim.go("$$(power 3)")
    neovim.lua("vim.lsp.buf.hover()")
    neovim.until(f"({FLOAT} or ''):match('n %* %(n %* %(n %* 1')")


def test_inlay_hints_say_what_splices_made(neovim: Neovim) -> None:
    neovim.lua("vim.lsp.inlay_hint.enable(true)")
    hints = neovim.until(
        "#vim.lsp.inlay_hint.get({ bufnr = 0 }) > 0 and "
        "vim.tbl_map(function(one) return one.inlay_hint.label end, vim.lsp.inlay_hint.get({ bufnr = 0 }))"
    )
    neovim.lua("vim.lsp.inlay_hint.enable(false)")
    assert any(re.match(r"6 decls, (<1|\d+) ms", label) for label in hints), hints


def test_the_expansion_of_a_splice_opens_beside_it(neovim: Neovim) -> None:
    neovim.go("fields \"letter\" ''Letter")
    neovim.command("ThatchExpand")
    neovim.until(EXPANSION)
    lines = neovim.text().split("\n")
    assert lines[neovim.lua("return vim.fn.line('.') - 1")].startswith("name :: ")
    assert "place change whole = " in neovim.text()
    options = "{ vim.bo.buftype, vim.bo.filetype, vim.bo.modifiable, vim.bo.modified, #vim.lsp.get_clients({bufnr=0}) }"
    assert neovim.lua(f"return {options}") == ["nofile", "haskell", False, False, 0]
    assert neovim.lua("return vim.fn.winnr('$')") == 2


def test_commands_that_need_a_splice_say_so(neovim: Neovim) -> None:
    neovim.go("isReply _")
    neovim.command("ThatchExpand")
    neovim.until("#vim.g.said > 0")
    assert neovim.said == [("thatch: there is no splice here, or it has not run yet.", 2)]
    assert neovim.lua("return vim.fn.winnr('$')") == 1


def test_an_open_expansion_follows_what_the_splice_reads(neovim: Neovim) -> None:
    neovim.go('$(linesOf "data/places.txt")')
    neovim.command("ThatchExpand")
    neovim.until(EXPANSION)
    assert "Atlantis" not in neovim.text()
    places = neovim.folder / "letters" / "data" / "places.txt"
    before = places.read_text()
    places.write_text(before + "Atlantis\n")
    neovim.until("table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false)):match('Atlantis')")
    places.write_text(before)
    neovim.until("not table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false)):match('Atlantis')")


def test_the_action_that_shows_an_expansion_opens_it(neovim: Neovim) -> None:
    neovim.go("$$(power 3)")
    neovim.lua(APPLY, "Show expansion")
    neovim.until(EXPANSION)
    assert "n * (n * (n * 1))" in neovim.text()


def test_the_action_that_replaces_a_splice_gives_code_that_compiles(neovim: Neovim) -> None:
    neovim.go("$$(power 3)")
    neovim.lua(APPLY, "Replace splice with its expansion")
    neovim.until("table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false)):find('n * (n * (n * 1))', 1, true)")
    assert "$$(power 3)" not in neovim.text()
    # GHC has seen the expansion when it complains of what was written after it, and of nothing else.
    (found,) = with_a_mistake(neovim)
    assert found["line"] == neovim.lua("return vim.fn.line('.') - 1")


def test_a_quick_fix_mends_what_is_wrong(neovim: Neovim) -> None:
    neovim.go("letter `elem` places")
    neovim.command("substitute/elem` places/elem` placess/")
    (found,) = neovim.until(f"#({DIAGNOSTICS}) > 0 and {DIAGNOSTICS}")
    assert "Variable not in scope: placess" in found["text"]
    neovim.go("placess")
    neovim.lua(APPLY, "Replace by places")
    neovim.until("vim.api.nvim_get_current_line():match('places$')")
    neovim.until("#vim.diagnostic.get(0) == 0")


def test_rename_reaches_all_files(neovim: Neovim) -> None:
    neovim.go("power 3")
    neovim.lua("vim.lsp.buf.rename('raised')")
    neovim.until("table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false)):find('$$(raised 3)', 1, true)")
    assert "import Letters.Power (raised)" in neovim.text()
    other = "vim.fn.bufnr('Letters/Power.hs')"
    text = neovim.lua(f"return table.concat(vim.api.nvim_buf_get_lines({other}, 0, -1, false), '\\n')")
    assert "raised :: Quote m =>" in text
    assert "raised times = " in text
    neovim.lua(f"vim.cmd.bdelete({{ {other}, bang = true }})")


def test_completion_knows_what_splices_made(neovim: Neovim) -> None:
    neovim.lua("vim.api.nvim_win_set_cursor(0, { vim.api.nvim_buf_line_count(0), 0 })")
    neovim.command("normal! oshort = view bo")
    neovim.lua("vim.api.nvim_input('A<C-x><C-o>')")
    neovim.until("vim.api.nvim_get_current_line() == 'short = view body'")
    neovim.lua("vim.api.nvim_input('<Esc>')")
    neovim.until("vim.fn.mode() == 'n'")


def test_splices_are_listed_with_their_costs(neovim: Neovim) -> None:
    neovim.command("ThatchSplices")
    neovim.until("#vim.fn.getqflist() > 0")
    found = neovim.lua(
        "return vim.tbl_map(function(one) return { one.lnum, one.text } end, vim.fn.getqflist())",
    )
    assert 31 in [line for line, _ in found]
    assert all(re.fullmatch(r"\d+\.\d ms, \w+, \d+ lines?", text) for _, text in found), found
    assert neovim.lua("return vim.fn.getqflist({ title = true }).title") == f"Splices in {neovim.folder}/letters"


def test_core_of_the_binding_under_the_cursor(neovim: Neovim) -> None:
    neovim.go("cube = ")
    neovim.command("ThatchCore")
    neovim.until("vim.startswith(vim.api.nvim_buf_get_name(0), 'thatch-core://')")
    assert neovim.text().startswith("cube = ")
    assert "GHC.Types.Int" in neovim.text()


def test_core_of_what_is_no_binding_names_some_that_are(neovim: Neovim) -> None:
    neovim.command("ThatchCore cub")
    neovim.until("#vim.g.said > 0")
    ((text, level),) = neovim.said
    assert "has no binding 'cub'" in text
    assert "Usage" not in text
    assert "cube" in text
    assert level == 4


def test_core_of_a_module_of_no_project_is_an_error(neovim: Neovim, tmp_path: Path) -> None:
    new = tmp_path / "New.hs"
    new.write_text("module New where\nnew :: Int\nnew = 1\n")
    neovim.command(f"set eventignore=FileType | edit {new} | set eventignore=")
    neovim.command("ThatchCore new")
    neovim.until("#vim.g.said > 0")
    ((text, level),) = neovim.said
    assert text.startswith("thatch: The project has no module ")
    assert level == 4
    neovim.command("bwipeout")


def test_commands_work_in_windows_that_show_no_file(neovim: Neovim) -> None:
    neovim.command("new")
    neovim.command("ThatchCore cube")
    neovim.until("#vim.g.said > 0")
    assert neovim.said == [("thatch: there is Core of bindings in Haskell files only: put the cursor on one.", 3)]
    neovim.command("ThatchSplices")
    neovim.until("#vim.fn.getqflist() > 0")
    assert neovim.lua("return vim.fn.getqflist({ title = true }).title") == f"Splices in {neovim.folder}/letters"


def test_status_names_the_project_and_its_ghc(neovim: Neovim) -> None:
    neovim.command("ThatchStatus")
    neovim.until("#vim.g.said > 0")
    ((text, _),) = neovim.said
    assert re.fullmatch(rf"thatch: {neovim.folder}/letters: ok; GHC 9\.\d+\.\d+; .+", text)
    neovim.until("require('thatch').status() == ''")


def test_checkhealth_looks_at_all_that_is_needed(neovim: Neovim) -> None:
    neovim.command("checkhealth thatch")
    text = neovim.text()
    topics = ["project", "build tool", "toolchain", "interpreter", "unit", "sandbox", "cache"]
    found = re.findall(r"OK ([\w ]+?):", text)
    assert set(topics) <= set(found), text
    assert re.search(r"OK thatch: \S+, with Python 3", text)
    assert re.search(r"OK Running in .*/letters: ok; GHC 9", text)
    assert "ERROR" not in text


def test_restart_starts_ghc_anew(neovim: Neovim) -> None:
    (before,) = neovim.lua("return vim.tbl_map(function(one) return one.id end, vim.lsp.get_clients())")
    neovim.command("ThatchRestart")
    neovim.until("#vim.g.said > 0")
    assert neovim.said == [(f"thatch: GHC was started anew for {neovim.folder}/letters", 2)]
    neovim.quiet()
    assert neovim.lua("return vim.tbl_map(function(one) return one.id end, vim.lsp.get_clients())") == [before]


def test_restart_with_a_bang_starts_the_server_anew(neovim: Neovim) -> None:
    (before,) = neovim.lua("return vim.tbl_map(function(one) return one.id end, vim.lsp.get_clients())")
    neovim.command("ThatchRestart!")
    neovim.until("(vim.lsp.get_clients()[1] or { id = ... }).id ~= ...", before)
    neovim.quiet()
    assert neovim.said == []
    with_a_mistake(neovim)


def test_a_killed_server_is_told_once_and_restart_brings_it_back(neovim: Neovim) -> None:
    (server,) = [
        one for one in psutil.Process(neovim.process.pid).children() if any("lsp" in word for word in one.cmdline())
    ]
    server.kill()
    neovim.until("#vim.lsp.get_clients() == 0 and #vim.g.said > 0")
    assert neovim.said == [
        ("thatch: the server ended unexpectedly (signal 9): :ThatchRestart starts another.", 4),
    ]
    neovim.edit(neovim.folder / "letters" / "src" / "Letters" / "Power.hs")
    assert neovim.lua("return #vim.lsp.get_clients()") == 0
    neovim.command("ThatchRestart")
    neovim.until("#vim.lsp.get_clients() == 1")
    neovim.quiet()


def test_one_server_serves_all_files_of_a_project(neovim: Neovim) -> None:
    neovim.edit(neovim.folder / "letters" / "src" / "Letters" / "Power.hs")
    neovim.until("#vim.lsp.get_clients({ bufnr = 0 }) == 1")
    assert neovim.lua("return #vim.lsp.get_clients()") == 1


def test_the_source_of_a_library_starts_no_server_of_its_own(neovim: Neovim, tmp_path: Path) -> None:
    library = tmp_path / "library-1.0"
    library.mkdir()
    (library / "library.cabal").write_text("name: library\n")
    source = library / "Library.hs"
    source.write_text("module Library where\n")
    source.chmod(0o444)
    neovim.edit(source)
    neovim.until("#vim.lsp.get_clients({ bufnr = 0 }) == 1")
    assert neovim.lua("return #vim.lsp.get_clients()") == 1
