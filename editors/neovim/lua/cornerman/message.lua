--- What the user is told.

local config = require('cornerman.config')

local M = {}

---@param text string
---@param level integer|nil one of `vim.log.levels`; nil: INFO
function M.show(text, level)
  vim.schedule(function()
    vim.notify(text, level or vim.log.levels.INFO, { title = 'Cornerman' })
  end)
end

--- News of work in the background, for those who want it.
---@param text string
function M.progress(text)
  if config.current.notify then
    M.show(text)
  end
end

---@param text string
function M.warn(text)
  M.show(text, vim.log.levels.WARN)
end

---@param text string
function M.fail(text)
  M.show(text, vim.log.levels.ERROR)
end

return M
