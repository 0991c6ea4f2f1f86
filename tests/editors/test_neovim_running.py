"""Programs and tests run from the plugin, in terminals of real Neovims."""

from pathlib import Path

from tests.conftest import require_ghc
from tests.editors.conftest import StartNeovim
from tests.support.editors import thatch_on_path
from tests.support.projects import write

SCRIPTS = {
    "go.hs": """
        module Main (main) where

        main :: IO ()
        main = getLine >>= \\name -> putStrLn ("hello " ++ name)
    """,
    "other.hs": """
        module Main (main) where

        main :: IO ()
        main = putStrLn "other"
    """,
}

TERMINALS = """
vim.tbl_map(function(window)
  local buffer = vim.api.nvim_win_get_buf(window)
  return vim.bo[buffer].buftype == "terminal" and table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), "|")
    or vim.fn.fnamemodify(vim.api.nvim_buf_get_name(buffer), ":t")
end, vim.api.nvim_tabpage_list_wins(0))
"""
"""What the windows show: the texts of terminals, the names of files."""


def test_a_program_runs_in_a_terminal_below_the_code(start: StartNeovim, tmp_path: Path) -> None:
    folder = write(tmp_path / "scripts", SCRIPTS)
    config = f"vim.g.thatch = {{ settings = {{ ghc = '{require_ghc('9.6')}' }} }}"
    neovim = start(config=config, environment=thatch_on_path())
    neovim.served(folder / "go.hs")
    neovim.lua("vim.lsp.codelens.refresh({ bufnr = 0 })")
    neovim.until("#vim.lsp.codelens.get(0) > 0")
    neovim.go("main ::")
    neovim.lua("vim.lsp.codelens.run()")
    neovim.until("#vim.api.nvim_tabpage_list_wins(0) == 2")
    # The cursor has stayed; the program waits for what is typed.
    assert neovim.lua("return vim.bo.buftype") == ""
    neovim.command("wincmd j | startinsert")
    neovim.lua("vim.api.nvim_input('Ada<CR>')")
    neovim.until(f"table.concat({TERMINALS}):match('hello Ada|')")
    neovim.lua("vim.api.nvim_input([[<C-\\\\><C-n>]])")
    neovim.command("wincmd k")
    neovim.edit(folder / "other.hs")
    neovim.until("#vim.lsp.get_clients({ bufnr = 0 }) == 1")
    neovim.go("main ::")
    neovim.lua(
        "vim.lsp.buf.code_action({ apply = true, filter = function(one) return one.title == 'Run other.hs' end })"
    )
    # What has ended makes room for the next.
    neovim.until(f"table.concat({TERMINALS}):match('^other.hsother|')")
    assert neovim.lua("return #vim.api.nvim_tabpage_list_wins(0)") == 2


def test_a_program_that_is_not_there_is_told(start: StartNeovim) -> None:
    neovim = start(environment=thatch_on_path())
    neovim.lua("require('thatch.terminal').run({ title = 'Run x', program = 'no-such', arguments = {}, cwd = '/' })")
    neovim.until("#vim.g.said > 0")
    assert neovim.said == [("thatch: no-such is not on the PATH.", 4)]
    assert neovim.lua("return #vim.api.nvim_tabpage_list_wins(0)") == 1
