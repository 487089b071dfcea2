--- What the server is doing, for statuslines.

local message = require('cornerman.message')

local M = {}

---@class cornerman.Status
---@field state 'idle'|'loading'|'thinking'|'ready'|'off'|'error'
---@field model string
---@field message string
---@field tokensPerSecond number|vim.NIL|nil

---@type cornerman.Status|nil
M.current = nil

local MARKS =
  { idle = '○', loading = '◔', thinking = '◐', ready = '●', off = '-', error = '!' }

--- Take what the server says. What went wrong is told once, statusline or not.
---@param value cornerman.Status
function M.update(value)
  local is_news = not M.current or M.current.message ~= value.message
  if value.state == 'error' and is_news then
    message.warn(value.message)
  end
  M.current = value
  vim.api.nvim_exec_autocmds('User', { pattern = 'CornermanStatus', modeline = false })
  vim.cmd.redrawstatus({ bang = true })
end

function M.clear()
  M.current = nil
end

---@param now cornerman.Status
---@return string # "" if a mark says it all
local function detail(now)
  if now.state == 'loading' then
    return ' loading'
  end
  if now.state == 'ready' and type(now.tokensPerSecond) == 'number' then
    return (' %.0f t/s'):format(now.tokensPerSecond)
  end
  return now.state == 'error' and ' error' or ''
end

--- A few characters for a statusline: a mark, and what is worth knowing; "" without a server.
---@param buf integer|nil nil: the current one
---@return string
function M.line(buf)
  buf = buf or vim.api.nvim_get_current_buf()
  local client = vim.lsp.get_clients({ bufnr = buf, name = 'cornerman' })[1]
  if not client then
    return ''
  end
  if not require('cornerman.ghost').is_enabled(buf) then
    return MARKS.off .. ' off'
  end
  local now = M.current
  if not now then
    return MARKS.idle
  end
  return (MARKS[now.state] or MARKS.idle) .. detail(now)
end

return M
