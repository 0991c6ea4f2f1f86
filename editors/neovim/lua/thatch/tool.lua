--- Running subcommands of the `thatch` that is the server, with the server's settings.
local message = require("thatch.message")

local M = {}

--- How to install or update the program; the end of every message about one that does not do.
M.INSTALL = "install it with `pipx install thatch` or `uv tool install thatch`"
M.UPDATE = "update it with `pipx upgrade thatch` or `uv tool upgrade thatch`"

--- The command line of a subcommand.
---@param subcommand string
---@param ... string Its arguments.
---@return string[]
function M.command(subcommand, ...)
  local client = require("thatch.client")
  local command = {}
  for _, word in ipairs(client.command()) do
    if word == "lsp" then
      break
    end
    table.insert(command, word)
  end
  vim.list_extend(command, { subcommand, ... })
  local settings = client.server_settings()
  for key, option in pairs({ ghc = "--ghc", cacheDir = "--cache-dir" }) do
    if type(settings[key]) == "string" and settings[key] ~= "" then
      vim.list_extend(command, { option, vim.fn.expand(settings[key]) })
    end
  end
  return command
end

--- The last line of a text that says something.
---@param text string?
---@return string
function M.last_line(text)
  local last = ""
  for line in vim.gsplit(text or "", "\n") do
    last = line:match("%S") and vim.trim(line) or last
  end
  return last
end

--- The last paragraph of a text, where the error stands in what `thatch` says on stderr.
---@param text string?
---@return string
local function last_paragraph(text)
  local paragraphs = vim.split(vim.trim(text or ""), "\n%s*\n")
  return (paragraphs[#paragraphs]:gsub("^thatch: ", ""):gsub("^Error: ", ""))
end

--- Run a command line, and hand over what it printed when it succeeded; else say why not.
---@param command string[]
---@param use fun(out: string)
function M.run(command, use)
  local done = vim.schedule_wrap(function(result)
    if result.code == 0 then
      use(result.stdout)
    else
      message.say(last_paragraph(result.stderr), vim.log.levels.ERROR)
    end
  end)
  if not pcall(vim.system, command, { text = true }, done) then
    message.say(("`%s` cannot be run: %s."):format(command[1], M.INSTALL), vim.log.levels.ERROR)
  end
end

return M
