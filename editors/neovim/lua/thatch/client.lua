--- The client as Neovim's LSP wants it described, and its life: starting for buffers, restarting.
local compat = require("thatch.compat")
local message = require("thatch.message")
local root = require("thatch.root")
local server = require("thatch.server")
local settings = require("thatch.settings")
local trust = require("thatch.trust")

local M = {}

M.NAME = "thatch"
M.FILETYPES = { "haskell", "lhaskell", "cabal" }

--- The running clients, of one buffer or of all.
---@param buffer integer?
---@return vim.lsp.Client[]
function M.all(buffer)
  return vim.lsp.get_clients({ name = M.NAME, bufnr = buffer })
end

--- The client of a buffer; when there is none the user is told.
---@param buffer integer
---@return vim.lsp.Client?
function M.of(buffer)
  local client = M.all(buffer)[1]
  if not client then
    message.say("no server runs for this buffer: see :checkhealth thatch.", vim.log.levels.WARN)
  end
  return client
end

--- The folder of the project that a command is about: the current buffer's, else that of the server that was started
--- last, else the current folder's.
---@return string
function M.project()
  local path = vim.api.nvim_buf_get_name(0)
  local running = M.all(0)[1] or M.all()[#M.all()]
  if running and running.root_dir then
    return running.root_dir
  end
  return root.of(vim.bo.buftype == "" and path ~= "" and path or vim.fn.getcwd() .. "/-")
end

--- The description that `vim.lsp.config` and `vim.lsp.start` take.
---@return vim.lsp.ClientConfig
function M.config()
  local given = settings.get()
  local capabilities = vim.lsp.protocol.make_client_capabilities()
  -- Documents of expansions are made anew when the server says so (LSP 3.18).
  capabilities.workspace.textDocumentContent = { dynamicRegistration = false }
  return {
    name = M.NAME,
    cmd = function(dispatchers, config)
      local extra = config and { cwd = config.cmd_cwd, env = config.cmd_env } or nil
      return server.start(given.cmd, dispatchers, extra)
    end,
    filetypes = M.FILETYPES,
    root_dir = M.root_dir,
    capabilities = capabilities,
    init_options = { statusNotification = true, expansionDocuments = true, runInTerminal = true },
    -- An empty table would be a list to the server.
    settings = next(given.settings) and { thatch = given.settings } or {},
    handlers = {
      ["thatch/status"] = require("thatch.status").on_status,
      ["workspace/textDocumentContent/refresh"] = require("thatch.expansion").on_refresh,
    },
    commands = {
      ["thatch.showExpansion"] = function(command)
        require("thatch.expansion").open(command.arguments[1])
      end,
      ["thatch.run"] = function(command)
        require("thatch.terminal").run(command.arguments[1])
      end,
    },
    before_init = function(params, config)
      params.initializationOptions.trusted = trust.has(config.root_dir or "")
    end,
    on_init = server.on_init,
  }
end

--- Find the root of a buffer's project, and hand it over unless no server is to be started for it.
---@param buffer integer
---@param on_dir fun(root: string)
function M.root_dir(buffer, on_dir)
  local path = vim.api.nvim_buf_get_name(buffer)
  if vim.bo[buffer].buftype ~= "" or path == "" or path:match("^%a[%w+.-]*://") then
    return
  end
  local running = M.all()
  if root.is_library(path) and running[1] then
    on_dir(running[#running].root_dir)
  elseif not server.has_failed() then
    on_dir(root.of(vim.fs.normalize(vim.fn.fnamemodify(path, ":p"))))
  end
end

--- The description with all that the user has added to it.
---@return vim.lsp.ClientConfig
local function resolved()
  return compat.has_config and vim.lsp.config[M.NAME] or M.config()
end

--- The command line that starts the server.
---@return string[]
function M.command()
  local cmd = resolved().cmd
  return type(cmd) == "table" and cmd or settings.get().cmd
end

--- The server's own settings.
---@return table
function M.server_settings()
  return vim.tbl_get(resolved(), "settings", "thatch") or {}
end

--- Have the buffer served, by a server that runs for its project or by a new one.
---@param buffer integer
function M.attach(buffer)
  local config = resolved()
  config.root_dir(buffer, function(folder)
    vim.lsp.start(vim.tbl_extend("force", config, { root_dir = folder }), { bufnr = buffer })
  end)
end

--- Whether a buffer is one that a server is for.
---@param buffer integer
---@return boolean
function M.is_ours(buffer)
  return vim.api.nvim_buf_is_loaded(buffer) and vim.tbl_contains(M.FILETYPES, vim.bo[buffer].filetype)
end

--- Start servers for all Haskell files from now on, and for those that are there.
function M.enable()
  if compat.has_config then
    vim.lsp.enable(M.NAME)
    return
  end
  vim.api.nvim_create_autocmd("FileType", {
    group = vim.api.nvim_create_augroup("thatch.start", {}),
    pattern = M.FILETYPES,
    callback = function(event)
      M.attach(event.buf)
    end,
  })
  vim.iter(vim.api.nvim_list_bufs()):filter(M.is_ours):each(M.attach)
end

local function start_again()
  server.forget()
  vim.iter(vim.api.nvim_list_bufs()):filter(M.is_ours):each(M.attach)
end

--- Have the servers start GHC anew.  With `whole`, or when none runs, start the servers themselves anew.
---@param whole boolean
function M.restart(whole)
  local running = M.all()
  if #running == 0 then
    start_again()
  elseif whole then
    M.stop(running, start_again)
  else
    for _, client in ipairs(running) do
      compat.request(client, "workspace/executeCommand", { command = "thatch.restart" }, function(failure)
        if failure then
          message.say("restart failed: " .. failure.message, vim.log.levels.ERROR)
        else
          message.say("GHC was started anew for " .. vim.fn.fnamemodify(client.root_dir or "", ":~"))
        end
      end)
    end
  end
end

--- Trust the project that a command is about.
function M.grant_trust()
  local folder = M.project()
  local ours = vim.iter(M.all()):filter(function(client)
    return client.root_dir == folder
  end)
  trust.grant(folder, ours:totable())
  message.say(folder .. " is trusted from now on.")
end

--- How often a server that is to end is looked at, and after how many looks it is killed.
local LOOK_MS, LOOKS = 50, 200

--- End servers, and go on when they have ended.
---@param clients vim.lsp.Client[]
---@param go_on fun()
function M.stop(clients, go_on)
  for _, client in ipairs(clients) do
    compat.stop(client, false)
  end
  local timer, looks = assert(vim.uv.new_timer()), 0
  local function look()
    looks = looks + 1
    local left = M.all()
    if timer:is_closing() then
      return
    elseif #left == 0 then
      timer:close()
      go_on()
    elseif looks == LOOKS then
      for _, client in ipairs(left) do
        compat.stop(client, true)
      end
    end
  end
  timer:start(LOOK_MS, LOOK_MS, vim.schedule_wrap(look))
end

return M
