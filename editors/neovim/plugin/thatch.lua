--- What happens when Neovim starts: commands are defined, and the server is made to start with the first Haskell file.
if vim.g.loaded_thatch then
  return
end
vim.g.loaded_thatch = true

if not require("thatch.compat").supported then
  vim.notify("thatch: this Neovim is too old: 0.10 or later is needed.", vim.log.levels.ERROR)
  return
end

local command = vim.api.nvim_create_user_command

command("ThatchExpand", function(given)
  require("thatch.expansion").expand(given.smods)
end, { desc = "Show the expansion of the splice at the cursor" })

command("ThatchSplices", function(given)
  require("thatch.report").splices(given.args)
end, { desc = "List the splices of the project, the slowest first", nargs = "?", complete = "file" })

command("ThatchCore", function(given)
  require("thatch.report").core(given.args, given.smods)
end, { desc = "Show the Core of a binding", nargs = "?" })

command("ThatchStatus", function()
  require("thatch.status").show()
end, { desc = "Show how the server is" })

command("ThatchRestart", function(given)
  require("thatch.client").restart(given.bang)
end, { desc = "Start GHC anew, or with ! the server", bang = true })

command("ThatchTrust", function()
  require("thatch.client").grant_trust()
end, { desc = "Let the code of this project run" })

local group = vim.api.nvim_create_augroup("thatch", {})

vim.api.nvim_create_autocmd("BufReadCmd", {
  group = group,
  pattern = "thatch-splice://*",
  desc = "Show what a splice became",
  callback = function(event)
    require("thatch.expansion").read(event.buf)
  end,
})

-- Not before the user's own files are read: they may come after this one, and set vim.g.thatch.
local function enable()
  local settings = require("thatch.settings")
  for _, problem in ipairs(vim.g.thatch ~= nil and settings.problems(vim.g.thatch) or {}) do
    require("thatch.message").say(problem, vim.log.levels.WARN)
  end
  if settings.get().enable then
    require("thatch.client").enable()
  end
end

if vim.v.vim_did_enter == 1 then
  enable()
else
  vim.api.nvim_create_autocmd("VimEnter", { group = group, once = true, callback = enable })
end
