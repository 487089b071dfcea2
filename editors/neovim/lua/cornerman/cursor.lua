--- Where the user types.

local M = {}

--- The cursor of the current window.
---@return integer row from 0
---@return integer column in bytes
function M.position()
  local position = vim.api.nvim_win_get_cursor(0)
  return position[1] - 1, position[2]
end

--- True while an entry of the popup menu is chosen: the text then is not what the user wrote.
---@return boolean
function M.is_choosing()
  return vim.fn.pumvisible() == 1 and vim.fn.complete_info({ 'selected' }).selected >= 0
end

--- Differs whenever a suggestion may have to.
---@param buf integer
---@return string
function M.moment(buf)
  local row, column = M.position()
  local tick = vim.api.nvim_buf_get_changedtick(buf)
  return ('%d:%d:%d:%s'):format(tick, row, column, M.is_choosing())
end

return M
