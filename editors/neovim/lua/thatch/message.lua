--- Messages to the user: all of them begin with the name of the plugin, and what was said once is not said again.
local M = {}

local told = {} ---@type table<string, true>

--- Say something.
---@param text string
---@param level integer? One of `vim.log.levels`; `INFO` if left out.
function M.say(text, level)
  vim.schedule(function()
    vim.notify("thatch: " .. text, level or vim.log.levels.INFO, { title = "thatch" })
  end)
end

--- Say something, unless it was said since it was last forgotten.
---@param text string
---@param level integer One of `vim.log.levels`.
function M.say_once(text, level)
  if not told[text] then
    told[text] = true
    M.say(text, level)
  end
end

--- From now on everything is news again.
function M.forget()
  told = {}
end

return M
