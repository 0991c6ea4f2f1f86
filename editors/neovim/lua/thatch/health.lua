--- `:checkhealth thatch`: Neovim, the server, and all that the project needs, as `thatch doctor` sees it.
local client = require("thatch.client")
local compat = require("thatch.compat")
local settings = require("thatch.settings")
local status = require("thatch.status")
local tool = require("thatch.tool")
local trust = require("thatch.trust")

local M = {}

--- How long `thatch doctor` may take: it asks the build tool about the project.
local LIMIT_MS = 120000

local function check_neovim()
  vim.health.start("thatch: Neovim")
  local version = tostring(vim.version())
  if not compat.supported then
    vim.health.error("Neovim " .. version .. " is too old", "Use 0.10 or later.")
  else
    vim.health.ok("Neovim " .. version)
  end
  local problems = vim.g.thatch ~= nil and settings.problems(vim.g.thatch) or {}
  for _, problem in ipairs(problems) do
    vim.health.error(problem, "vim.g.thatch counts as not set; see :help g:thatch.")
  end
end

local function check_clients()
  vim.health.start("thatch: server")
  vim.health.info("Started by: " .. table.concat(client.command(), " "))
  for _, one in ipairs(client.all()) do
    local problem = require("thatch.server").version_problem(one)
    if problem then
      vim.health.warn(problem)
    end
  end
  for _, line in ipairs(status.lines()) do
    vim.health.ok("Running in " .. line)
  end
  if #client.all() == 0 then
    vim.health.info("No server runs: one starts with the first Haskell file, or by :ThatchRestart.")
  end
  local others = vim.iter(vim.lsp.get_clients()):find(function(one)
    return one.name:match("^hls") or one.name:match("haskell")
  end)
  if others then
    vim.health.warn(
      ("`%s` runs as well, and everything is said twice"):format(others.name),
      "Switch one of them off, such as by vim.lsp.enable('hls', false)."
    )
  end
end

---@param finding table An element of `findings` in what `thatch doctor --json` prints.
local function tell(finding)
  local text = finding.topic .. ": " .. finding.text
  local advice = finding.remedy and { finding.remedy } or nil
  if finding.verdict == "failure" then
    vim.health.error(text, advice)
  elseif finding.verdict == "note" then
    vim.health.warn(text, advice)
  else
    vim.health.ok(text)
  end
end

local function check_project()
  vim.health.start("thatch: project")
  local folder = client.project()
  if not trust.has(folder) then
    vim.health.warn(folder .. " is not trusted, and its build tool is not asked", ":ThatchTrust lets its code run.")
    return
  end
  local command = tool.command("doctor", "--json", "--project", folder)
  local ok, process = pcall(vim.system, command, { text = true, timeout = LIMIT_MS })
  if not ok then
    vim.health.error(("`%s` cannot be run"):format(command[1]), {
      tool.INSTALL .. ",",
      "or set vim.g.thatch.cmd, such as { '/path/to/thatch', 'lsp' }.",
    })
    return
  end
  local result = process:wait()
  local readable, answer = pcall(vim.json.decode, result.stdout, { luanil = { object = true, array = true } })
  if not readable or type(answer) ~= "table" or type(answer.findings) ~= "table" then
    local said = tool.last_line(result.stderr)
    vim.health.error(
      ("`%s` failed: %s"):format(table.concat(command, " "), said ~= "" and said or "it took too long"),
      { "If it is an old one, " .. tool.UPDATE .. "." }
    )
    return
  end
  vim.iter(answer.findings):each(tell)
end

--- Look at everything.
function M.check()
  check_neovim()
  check_clients()
  check_project()
end

return M
