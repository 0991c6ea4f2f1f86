--- What subcommands of `thatch` print, in Neovim's own lists and windows: splices and Core.
local client = require("thatch.client")
local message = require("thatch.message")
local tool = require("thatch.tool")
local trust = require("thatch.trust")

local M = {}

---@param splice table An element of `splices` in what `thatch splices --json` prints.
local function item(splice)
  local what = splice.failure and "failed: " .. tostring(splice.failure) or ("%d lines"):format(splice.n_lines)
  return {
    filename = splice.path,
    lnum = splice.line,
    col = splice.column,
    end_lnum = splice.end_line,
    end_col = splice.end_column,
    type = splice.failure and "E" or "I",
    text = ("%.1f ms, %s, %s"):format(splice.milliseconds, splice.kind, what),
  }
end

--- List all splices of the project in the quickfix list, the slowest first.
---@param path string A file or a folder; the project if empty.
function M.splices(path)
  local where = path ~= "" and path or client.project()
  if not trust.check(client.project()) then
    return
  end
  message.say("looking at all splices; those that have not run yet are run.")
  tool.run(tool.command("splices", "--json", where), function(out)
    local splices = vim.json.decode(out, { luanil = { object = true, array = true } }).splices
    if #splices == 0 then
      message.say("there are no splices in " .. where)
      return
    end
    vim.fn.setqflist({}, " ", { title = "Splices in " .. where, items = vim.tbl_map(item, splices) })
    vim.cmd("botright copen")
  end)
end

---@param name string
---@param text string
---@param modifiers table
local function show_core(name, text, modifiers)
  local buffer = vim.fn.bufadd("thatch-core://" .. name)
  vim.fn.bufload(buffer)
  vim.bo[buffer].buftype = "nofile"
  vim.bo[buffer].swapfile = false
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(vim.trim(text), "\n"))
  vim.bo[buffer].modifiable = false
  -- Core is near enough to Haskell to be coloured like it, but no file for servers of Haskell.
  vim.bo[buffer].syntax = "haskell"
  local window = vim.fn.bufwinid(buffer)
  if window ~= -1 then
    vim.api.nvim_set_current_win(window)
  else
    vim.cmd.sbuffer({ buffer, mods = modifiers.split ~= "" and modifiers or { vertical = true } })
  end
end

--- Show the Core of a binding of the current buffer's module, as it was last compiled.
---@param name string The one under the cursor if empty.
---@param modifiers table As `nvim_parse_cmd` gives them.
function M.core(name, modifiers)
  local path = vim.fn.expand("%:p")
  local binding = name ~= "" and name or vim.fn.expand("<cword>")
  if vim.bo.buftype ~= "" or path == "" or binding == "" then
    message.say("there is Core of bindings in Haskell files only: put the cursor on one.", vim.log.levels.WARN)
    return
  end
  if not trust.check(client.project()) then
    return
  end
  local command = tool.command("iface", path, "--core", binding, "--project", client.project())
  tool.run(command, function(out)
    show_core(path .. "#" .. binding, out, modifiers)
  end)
end

return M
