--- Which folder a file's project is: by the same rules as the server's `core/project/discover.py`.
local M = {}

local function named(...)
  local names = { ... }
  return function(name)
    return vim.tbl_contains(names, name)
  end
end

--- What makes a folder a root, the strongest first: a file of the first kind anywhere above beats a nearer one of the
--- second.
local kinds = {
  named("hie.yaml"),
  named("cabal.project"),
  function(name)
    return name:match("%.cabal$") ~= nil
  end,
  named("stack.yaml"),
  named("package.yaml"),
}

--- The root of a file's project: the folder of its build description, or the file's own.  The search ends below the
--- user's home folder.
---@param path string An absolute path.
---@return string
function M.of(path)
  local folder = vim.fs.dirname(path)
  for _, is_root in ipairs(kinds) do
    local found = vim.fs.find(is_root, { path = folder, upward = true, stop = vim.uv.os_homedir(), type = "file" })[1]
    if found then
      return vim.fs.dirname(found)
    end
  end
  return folder
end

--- Whether a file is a library's source that nobody may write, such as one that the server unpacked to show it.
---@param path string
---@return boolean
function M.is_library(path)
  local stat = vim.uv.fs_stat(path)
  return stat ~= nil and bit.band(stat.mode, tonumber("222", 8)) == 0
end

return M
