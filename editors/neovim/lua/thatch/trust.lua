--- Whose code may run: of all projects, or only of those that the user has said to trust.
local compat = require("thatch.compat")
local message = require("thatch.message")
local settings = require("thatch.settings")

local M = {}

--- Where the roots of trusted projects are kept, one a line.
---@return string
local function file()
  return vim.fs.joinpath(vim.fn.stdpath("state"), "thatch", "trusted")
end

---@return string[]
local function roots()
  return vim.fn.filereadable(file()) == 1 and vim.fn.readfile(file()) or {}
end

--- Whether the code of a project may run.
---@param root string
---@return boolean
function M.has(root)
  return settings.get().trusted or vim.tbl_contains(roots(), root)
end

--- Whether the code of a project may run; when not, the user is told how to allow it.
---@param root string
---@return boolean
function M.check(root)
  local trusted = M.has(root)
  if not trusted then
    message.say(("%s is not trusted: :ThatchTrust lets its code run."):format(root), vim.log.levels.WARN)
  end
  return trusted
end

--- Trust a project from now on, and have its servers check it.
---@param root string
---@param clients vim.lsp.Client[] Those of the project.
function M.grant(root, clients)
  if not vim.tbl_contains(roots(), root) then
    vim.fn.mkdir(vim.fs.dirname(file()), "p")
    vim.fn.writefile({ root }, file(), "a")
  end
  for _, client in ipairs(clients) do
    compat.notify(client, "thatch/didGrantTrust")
  end
end

return M
