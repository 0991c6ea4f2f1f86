--- Programs and tests of the project, run in a terminal below the code.
local compat = require("thatch.compat")
local message = require("thatch.message")

local M = {}

--- The buffer of what was run last.
local last ---@type integer?

--- A window below the others: that of what was run last, if it has ended, else a new one.
---@return integer
local function window()
  local ended = last and vim.api.nvim_buf_is_valid(last) and compat.has_ended(vim.bo[last].channel)
  local shown = ended and vim.fn.bufwinid(last) or -1
  if shown ~= -1 then
    return shown
  end
  vim.cmd("botright split")
  return vim.api.nvim_get_current_win()
end

--- Run something, as lenses and code actions carry it; the cursor stays where it is.
---@param command { title: string, program: string, arguments: string[], cwd: string }
function M.run(command)
  if vim.fn.executable(command.program) == 0 then
    message.say(command.program .. " is not on the PATH.", vim.log.levels.ERROR)
    return
  end
  local from = vim.api.nvim_get_current_win()
  local below = window()
  local before = last
  last = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_win_set_buf(below, last)
  vim.api.nvim_win_call(below, function()
    compat.terminal(vim.list_extend({ command.program }, command.arguments), command.cwd)
    -- What is printed is followed while the cursor is in the last line.
    vim.cmd.normal({ "G", bang = true })
  end)
  vim.b[last].thatch_title = command.title
  if before and vim.api.nvim_buf_is_valid(before) and compat.has_ended(vim.bo[before].channel) then
    vim.api.nvim_buf_delete(before, {})
  end
  vim.api.nvim_set_current_win(from)
end

return M
