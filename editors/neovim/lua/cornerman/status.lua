--- What the server is doing, for statuslines.

local M = {}

---@class cornerman.Status
---@field state 'idle'|'loading'|'thinking'|'ready'|'off'|'error'
---@field model string
---@field message string
---@field tokensPerSecond number|vim.NIL|nil
---@field percent number|vim.NIL|nil

---@type cornerman.Status|nil
M.current = nil

local MARKS = { idle = '○', loading = '◔', thinking = '◐', ready = '●', off = '-', error = '!' }

---@param value cornerman.Status
function M.update(value)
  M.current = value
  vim.api.nvim_exec_autocmds('User', { pattern = 'CornermanStatus', modeline = false })
  vim.cmd.redrawstatus({ bang = true })
end

function M.clear()
  M.current = nil
end

---@param value any
---@return boolean
local function is_number(value)
  return type(value) == 'number'
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
  local text = MARKS[now.state] or MARKS.idle
  if now.state == 'loading' and is_number(now.percent) then
    return ('%s %d%%'):format(text, now.percent)
  end
  if now.state == 'ready' and is_number(now.tokensPerSecond) then
    return ('%s %.0f t/s'):format(text, now.tokensPerSecond)
  end
  return (now.state == 'error' or now.state == 'loading') and text .. ' ' .. now.state or text
end

return M
