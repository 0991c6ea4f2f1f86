--- Starting the server's process, and saying what to do when that fails; the client's side is in `client.lua`.
local message = require("thatch.message")
local tool = require("thatch.tool")

local M = {}

--- The version of the server that this plugin is made for; another patch version will do.
M.VERSION = "0.1"

--- How a server ends that was told to by a signal, by itself and as shells say it.
local TERMINATED = { signal = 15, code = 128 + 15 }

local failed = false

--- What the servers that have answered call themselves, by how they are spoken to.
local infos = setmetatable({}, { __mode = "k" }) ---@type table<vim.lsp.rpc.PublicClient, lsp.ServerInfo>

--- Whether a server was started and could not do; then none is started before the user asks for it.
---@return boolean
function M.has_failed()
  return failed
end

--- Try again with the next start.
function M.forget()
  failed = false
  message.forget()
end

---@param text string
local function fail(text)
  failed = true
  message.say_once(text, vim.log.levels.ERROR)
end

--- What may be wrong with a server that ended at its start: once more without an editor it ends at once, and what it
--- says on stderr is the reason.
---@param command string[]
---@param how string
local function explain(command, how)
  vim.system(command, { stdin = "", text = true, timeout = 10000 }, function(again)
    local reason = tool.last_line(again.stderr)
    fail(
      ("`%s` ended at its start (%s)%s. If it is an old one, %s; :checkhealth thatch tells more."):format(
        table.concat(command, " "),
        how,
        reason ~= "" and ": " .. reason:gsub("%.$", "") or "",
        tool.UPDATE
      )
    )
  end)
end

--- Start the server as a client's `cmd`.  When it cannot be started the error is the message for the user, which
--- Neovim shows.
---@param command string[]
---@param dispatchers vim.lsp.rpc.Dispatchers
---@param extra { cwd: string?, env: table<string, string>? }
---@return vim.lsp.rpc.PublicClient
function M.start(command, dispatchers, extra)
  local rpc ---@type vim.lsp.rpc.PublicClient
  local stopping = false
  local on_exit = dispatchers.on_exit
  local watching = vim.tbl_extend("force", dispatchers, {
    on_exit = function(code, signal)
      local how = signal ~= 0 and "signal " .. signal or "exit code " .. code
      if code == 0 and signal == 0 or stopping or signal == TERMINATED.signal or code == TERMINATED.code then
        on_exit(0, 0)
        return
      end
      if infos[rpc] then
        fail(("the server ended unexpectedly (%s): :ThatchRestart starts another."):format(how))
      else
        explain(command, how)
      end
      -- Neovim would say the same in its own words.
      on_exit(0, 0)
    end,
  })
  local ok, started = pcall(vim.lsp.rpc.start, command, watching, extra)
  if not ok then
    failed = true
    local found = vim.fn.executable(command[1]) == 1
    local what = found and "cannot be started: what it is to run with is gone" or "is not on PATH"
    error(("thatch: `%s` %s; %s, or set vim.g.thatch.cmd."):format(command[1], what, tool.INSTALL), 0)
  end
  rpc = started
  local terminate = rpc.terminate
  rpc.terminate = function()
    stopping = true
    return terminate()
  end
  return rpc
end

--- A server has answered: from now on its end is not one at the start.  Say so when it is of another version than the
--- plugin is made for.
---@param client vim.lsp.Client
---@param result lsp.InitializeResult
function M.on_init(client, result)
  infos[client.rpc] = result.serverInfo or { name = "nothing" }
  local problem = M.version_problem(client)
  if problem then
    message.say_once(problem, vim.log.levels.WARN)
  end
end

--- What is wrong with the version of a client's server, for the user.
---@param client vim.lsp.Client
---@return string?
function M.version_problem(client)
  local info = infos[client.rpc]
  if not info then
    return nil
  end
  if info.name ~= "thatch" then
    return ("the server calls itself %s, not thatch: look at vim.g.thatch.cmd."):format(info.name)
  end
  local version = info.version or "unknown"
  local theirs = vim.version.parse(version:match("^%d+%.%d+") or "0.0")
  local ours = vim.version.parse(M.VERSION)
  if theirs == ours then
    return nil
  end
  local old = theirs < ours
  return ("the server's version is %s, %s than the %s that this plugin is made for: %s."):format(
    version,
    old and "older" or "newer",
    M.VERSION,
    old and tool.UPDATE or "update the plugin"
  )
end

return M
