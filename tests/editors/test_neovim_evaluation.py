"""Examples in comments evaluated from real Neovims, by lens and by action, without anything of the plugin's own."""

from pathlib import Path

from tests.conftest import require_ghc
from tests.editors.conftest import StartNeovim
from tests.support.editors import thatch_on_path
from tests.support.projects import write

FILES = {
    "Twice.hs": """
        module Twice where

        -- | Twice as much.
        --
        -- >>> twice 21
        twice :: Int -> Int
        twice = (* 2)

        -- >>> twice (-1)
    """,
}


def test_a_lens_and_an_action_write_results(start: StartNeovim, tmp_path: Path) -> None:
    folder = write(tmp_path / "examples", FILES)
    config = f"vim.g.thatch = {{ settings = {{ ghc = '{require_ghc('9.6')}' }} }}"
    neovim = start(config=config, environment=thatch_on_path())
    neovim.served(folder / "Twice.hs")
    neovim.lua("vim.lsp.codelens.refresh({ bufnr = 0 })")
    neovim.until("#vim.lsp.codelens.get(0) > 2")
    neovim.go(">>> twice (-1)")
    neovim.lua("vim.lsp.codelens.run()")
    neovim.until("table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '|'):find('twice %(%-1%)|%-%- %-2')")
    neovim.go(">>> twice 21")
    neovim.lua("vim.lsp.buf.code_action({ apply = true, filter = function(one) return one.title == 'Evaluate' end })")
    neovim.until("table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '|'):find('twice 21|%-%- 42|twice ::')")
    assert neovim.said == []
