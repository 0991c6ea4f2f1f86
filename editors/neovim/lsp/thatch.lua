--- What `vim.lsp.enable("thatch")` starts in Neovim 0.11 and later.
return require("thatch.client").config()
