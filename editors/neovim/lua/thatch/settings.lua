--- What the user has set in `vim.g.thatch`, with defaults for all else.  Nothing is started here.
local M = {}

---@class thatch.Settings
---@field cmd string[] What starts the server: the program, `lsp`, and options.
---@field enable boolean Whether the server starts by itself for Haskell files.
---@field trusted boolean Whether the code of all projects may run, not only of those that :ThatchTrust named.
---@field settings table The server's own settings, as docs/settings.md describes them.

---@type thatch.Settings
local defaults = {
  cmd = { "thatch", "lsp" },
  enable = true,
  trusted = true,
  settings = {},
}

--- What is wrong with a value of `vim.g.thatch`, as sentences.
---@param given any
---@return string[]
function M.problems(given)
  if type(given) ~= "table" then
    return { "vim.g.thatch must be a table, not a " .. type(given) .. "." }
  end
  local found = {}
  for key, value in vim.spairs(given) do
    local default = defaults[key]
    if default == nil then
      table.insert(found, ("vim.g.thatch.%s means nothing: keys are cmd, enable, settings and trusted."):format(key))
    elseif type(value) ~= type(default) then
      table.insert(found, ("vim.g.thatch.%s must be a %s, not a %s."):format(key, type(default), type(value)))
    end
  end
  if type(given.cmd) == "table" and not vim.tbl_contains(given.cmd, "lsp") then
    table.insert(found, 'vim.g.thatch.cmd must be a command with the word "lsp" in it, such as { "thatch", "lsp" }.')
  end
  return found
end

--- The settings; what is wrong with the user's counts as not given.
---@return thatch.Settings
function M.get()
  local given = vim.g.thatch
  if given == nil or #M.problems(given) > 0 then
    given = {}
  end
  return vim.tbl_extend("force", defaults, given)
end

return M
