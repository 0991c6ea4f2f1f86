--- What others may call: everything that a command does, and the words for a status line.
local M = {}

--- What the server of the current buffer does, or how it is when that is not well; empty when all is done.
--- The autocommand `User ThatchStatus` says when to ask again.
---@return string
function M.status()
  return require("thatch.status").brief()
end

--- Show the expansion of the splice at the cursor.
function M.expand()
  require("thatch.expansion").expand()
end

--- Have the servers start GHC anew; with `whole`, start the servers themselves anew.
---@param whole boolean?
function M.restart(whole)
  require("thatch.client").restart(whole or false)
end

return M
