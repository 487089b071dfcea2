--- Draws a suggestion as virtual text at the cursor.

local cursor = require('cornerman.cursor')

local M = {}

M.namespace = vim.api.nvim_create_namespace('cornerman.ghost')

--- Highlight groups, for colour schemes to override.
function M.define_highlights()
  local has_group = vim.fn.hlexists('ComplHint') == 1
  local text = has_group and { link = 'ComplHint' } or { fg = '#808080', ctermfg = 'gray' }
  local more = has_group and { link = 'ComplHintMore' } or { link = 'MoreMsg' }
  text.default, more.default = true, true
  vim.api.nvim_set_hl(0, 'CornermanGhost', text)
  vim.api.nvim_set_hl(0, 'CornermanGhostMore', more)
end

--- {line} with spaces for tabs, as it would look from the screen column {column} on.
---@param line string
---@param column integer
---@param tabstop integer
---@return string
local function without_tabs(line, column, tabstop)
  local shown = ''
  for piece, tab in line:gmatch('([^\t]*)(\t?)') do
    shown = shown .. piece
    if tab ~= '' then
      local at = column + vim.fn.strdisplaywidth(shown, column)
      shown = shown .. (' '):rep(tabstop - at % tabstop)
    end
  end
  return shown
end

--- The lines of {text} as virtual text that begins at the screen column {column}.
---@param text string
---@param column integer
---@param tabstop integer
---@param hint string|nil shown after the text
---@return [string, string][][]
local function chunks_of(text, column, tabstop, hint)
  local virtual = {}
  for index, line in ipairs(vim.split(text, '\n', { plain = true })) do
    local shown = without_tabs(line, index == 1 and column or 0, tabstop)
    virtual[index] = { { shown, 'CornermanGhost' } }
  end
  if hint then
    table.insert(virtual[#virtual], { hint, 'CornermanGhostMore' })
  end
  return virtual
end

---@param buf integer
function M.clear(buf)
  if vim.api.nvim_buf_is_valid(buf) then
    vim.api.nvim_buf_clear_namespace(buf, M.namespace, 0, -1)
  end
end

--- Show {rest} at the cursor, in place of {right}, and nothing else.
---@param buf integer the current one
---@param rest string
---@param right string what stands right of the cursor and is replaced
---@param hint string|nil shown after the text
function M.show(buf, rest, right, hint)
  M.clear(buf)
  local row, column = cursor.position()
  local is_around = right == '' or vim.endswith(rest, right)
  local text = is_around and rest:sub(1, #rest - #right) or rest
  local line = vim.api.nvim_buf_get_lines(buf, row, row + 1, false)[1] or ''
  local at = vim.fn.strdisplaywidth(line:sub(1, column))
  local virtual = chunks_of(text, at, vim.bo[buf].tabstop, hint)
  vim.api.nvim_buf_set_extmark(buf, M.namespace, row, column, {
    virt_text = virtual[1],
    virt_text_pos = is_around and 'inline' or 'overlay',
    virt_lines = #virtual > 1 and vim.list_slice(virtual, 2) or nil,
    hl_mode = 'combine',
    undo_restore = false,
  })
end

return M
