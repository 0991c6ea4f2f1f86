--- The documents that show what splices became: buffers whose names are the server's URIs.
local client = require("thatch.client")
local compat = require("thatch.compat")
local message = require("thatch.message")

local M = {}

M.SCHEME = "thatch-splice"

--- Where in the text the expansion begins, in buffers that show one (0-based).
local FIRST_LINE = "thatch_first_line"

--- The client to ask about a document: the one of the project that the splice's file is in.
---@param uri string
---@return vim.lsp.Client?
local function client_for(uri)
  local path = vim.uri_to_fname((uri:gsub("^" .. vim.pesc(M.SCHEME) .. ":", "file:")))
  local running = client.all()
  for _, one in ipairs(running) do
    if one.root_dir and vim.startswith(path, one.root_dir .. "/") then
      return one
    end
  end
  return running[1]
end

---@param buffer integer
---@param text string
local function fill(buffer, text)
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split((text:gsub("\n$", "")), "\n"))
  vim.bo[buffer].modifiable = false
  vim.bo[buffer].modified = false
end

---@param uri string
local function params(uri)
  return { textDocument = { uri = uri } }
end

--- Read a document into its buffer: what `BufReadCmd` does.
---@param buffer integer
function M.read(buffer)
  local uri = vim.api.nvim_buf_get_name(buffer)
  local one = client_for(uri)
  local found = one and compat.request_sync(one, "thatch/expansion", params(uri))
  vim.bo[buffer].buftype = "nofile"
  vim.bo[buffer].swapfile = false
  vim.bo[buffer].undolevels = -1
  fill(buffer, found and found.text or "-- No server says what stands here; :edit asks again.")
  vim.b[buffer][FIRST_LINE] = found and found.firstLine or 0
  vim.bo[buffer].filetype = "haskell"
end

--- The server says that a splice ran again (`workspace/textDocumentContent/refresh`): show what it gave.
function M.on_refresh(_, refresh, context)
  local buffer = vim.iter(vim.api.nvim_list_bufs()):find(function(one)
    return vim.api.nvim_buf_is_loaded(one) and vim.api.nvim_buf_get_name(one) == refresh.uri
  end)
  local one = vim.lsp.get_client_by_id(context.client_id)
  if buffer and one then
    compat.request(one, "thatch/expansion", params(refresh.uri), function(_, found)
      if found and vim.api.nvim_buf_is_loaded(buffer) then
        fill(buffer, found.text)
      end
    end)
  end
  return vim.NIL
end

--- Show a document, in the window that shows it already or in a new one.
---@param uri string
---@param modifiers table? How to split, as `nvim_parse_cmd` gives it; beside the current window if left out.
function M.open(uri, modifiers)
  local buffer = vim.fn.bufadd(uri)
  local window = vim.fn.bufwinid(buffer)
  if window ~= -1 then
    vim.api.nvim_set_current_win(window)
    return
  end
  local split = modifiers and modifiers.split ~= "" and modifiers or { vertical = true }
  vim.cmd.sbuffer({ buffer, mods = split })
  local line = (vim.b[buffer][FIRST_LINE] or 0) + 1
  vim.api.nvim_win_set_cursor(0, { math.min(line, vim.api.nvim_buf_line_count(buffer)), 0 })
end

--- Show the expansion of the splice at the cursor.
---@param modifiers table? As `open` takes them.
function M.expand(modifiers)
  local one = client.of(0)
  if not one then
    return
  end
  local place = vim.lsp.util.make_position_params(0, one.offset_encoding)
  compat.request(one, "thatch/expansion", place, function(failure, found)
    if failure then
      message.say(failure.message, vim.log.levels.ERROR)
    elseif found then
      M.open(found.uri, modifiers)
    else
      message.say("there is no splice here, or it has not run yet.")
    end
  end)
end

return M
