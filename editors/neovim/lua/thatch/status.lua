--- How the servers are: what they say by themselves, and what they say when asked.
local message = require("thatch.message")

local M = {}

---@class thatch.Status
---@field health "ok"|"warning"|"error"
---@field quiescent boolean
---@field message string
---@field work string
---@field ghcVersions string[]

local statuses = {} ---@type table<integer, thatch.Status>

--- The troubles that the user knows of, by client and message.
local troubles = {} ---@type table<integer, table<string, true>>

local LEVELS = { warning = vim.log.levels.WARN, error = vim.log.levels.ERROR }

--- The server says how it is (`thatch/status`): remember it, and tell each new trouble once.
---@param status thatch.Status
function M.on_status(_, status, context)
  local id = context.client_id
  statuses[id] = status
  local known = troubles[id] or {}
  if status.health == "ok" then
    -- A trouble that comes back after all was well is news.
    known = status.quiescent and {} or known
  elseif not known[status.message] then
    known[status.message] = true
    message.say(status.message, LEVELS[status.health])
  end
  troubles[id] = known
  vim.schedule(function()
    vim.api.nvim_exec_autocmds("User", { pattern = "ThatchStatus", data = { client_id = id, status = status } })
  end)
end

---@param status thatch.Status
---@return string
local function describe(status)
  local parts = { status.health }
  if #status.ghcVersions > 0 then
    table.insert(parts, "GHC " .. table.concat(status.ghcVersions, ", "))
  end
  if status.message ~= "" then
    table.insert(parts, status.message)
  end
  table.insert(parts, status.work ~= "" and status.work or status.quiescent and "nothing to do" or "at work")
  return table.concat(parts, "; ")
end

--- One line for each server: where it works, and how it is as far as it has said.
---@return string[]
function M.lines()
  local found = {}
  for _, one in ipairs(require("thatch.client").all()) do
    local status = statuses[one.id]
    local where = vim.fn.fnamemodify(one.root_dir or "", ":~")
    table.insert(found, ("%s: %s"):format(where, status and describe(status) or "starting"))
  end
  return found
end

--- Show the user how the servers are.
function M.show()
  local lines = M.lines()
  message.say(#lines > 0 and table.concat(lines, "\n") or "no server runs: see :checkhealth thatch.")
end

--- A few words for a status line: what the current buffer's server does, or how it is when that is not well.
---@return string
function M.brief()
  local one = require("thatch.client").all(vim.api.nvim_get_current_buf())[1]
  local status = one and statuses[one.id]
  if not status then
    return ""
  end
  return status.health ~= "ok" and "thatch: " .. status.health or status.work
end

return M
