--- What differs between the versions of Neovim: the only place that asks which one this is.
local M = {}

--- Whether Neovim starts servers by itself from the files in `lsp/` (0.11).
M.has_config = vim.fn.has("nvim-0.11") == 1

--- Whether this Neovim is new enough for the plugin.
M.supported = vim.fn.has("nvim-0.10") == 1

--- Send a request.
---@param client vim.lsp.Client
---@param method string
---@param params table
---@param answer fun(error: lsp.ResponseError?, result: any)
function M.request(client, method, params, answer)
  if M.has_config then
    client:request(method, params, answer)
  else
    client.request(method, params, answer, 0)
  end
end

--- Send a request and wait for its result; nil when there is none within some seconds.
---@param client vim.lsp.Client
---@param method string
---@param params table
---@return any
function M.request_sync(client, method, params)
  local answer
  if M.has_config then
    answer = client:request_sync(method, params, 5000)
  else
    answer = client.request_sync(method, params, 5000, 0)
  end
  local result = answer and answer.result
  return result ~= vim.NIL and result or nil
end

--- Send a notification without parameters.
---@param client vim.lsp.Client
---@param method string
function M.notify(client, method)
  if M.has_config then
    client:notify(method, vim.NIL)
  else
    client.notify(method, vim.NIL)
  end
end

--- End a client's server.
---@param client vim.lsp.Client
---@param force boolean Whether to kill it.
function M.stop(client, force)
  if M.has_config then
    client:stop(force)
  else
    client.stop(force)
  end
end

--- Run a command in a terminal that is the current buffer.
---@param command string[]
---@param folder string
function M.terminal(command, folder)
  if M.has_config then
    vim.fn.jobstart(command, { cwd = folder, term = true })
  else
    vim.fn.termopen(command, { cwd = folder })
  end
end

--- Whether what runs in a terminal has ended.
---@param channel integer
---@return boolean
function M.has_ended(channel)
  return vim.fn.jobwait({ channel }, 0)[1] ~= -1
end

return M
