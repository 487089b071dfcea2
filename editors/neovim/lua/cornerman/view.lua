--- A window with Markdown that is written while it arrives.

local config = require('cornerman.config')

local M = {}

---@class cornerman.View
---@field buf integer
---@field win integer
---@field append fun(text: string) Adds text at the end.
---@field replace fun(text: string) Sets the whole text.

---@param title string
---@param buf integer
---@return integer win
local function open_float(title, buf)
  local width = math.min(88, math.max(20, vim.o.columns - 6))
  local height = math.min(20, math.max(3, vim.o.lines - 8))
  return vim.api.nvim_open_win(buf, true, {
    relative = 'editor',
    width = width,
    height = height,
    row = math.floor((vim.o.lines - height) / 2) - 1,
    col = math.floor((vim.o.columns - width) / 2),
    border = 'rounded',
    title = ' ' .. title .. ' ',
    style = 'minimal',
  })
end

---@param title string
---@param buf integer
---@return integer win
local function open_split(title, buf)
  vim.cmd('botright split')
  local win = vim.api.nvim_get_current_win()
  vim.api.nvim_win_set_buf(win, buf)
  vim.api.nvim_win_set_height(win, math.min(16, math.floor(vim.o.lines / 3)))
  vim.wo[win].winbar = title
  return win
end

--- A scratch buffer in a window of its own; `q` closes it.
---@param title string
---@param filetype string
---@param shape 'split'|'float'|nil nil: as configured
---@return integer buf, integer win
function M.open_scratch(title, filetype, shape)
  local buf = vim.api.nvim_create_buf(false, true)
  vim.bo[buf].bufhidden = 'wipe'
  local open = (shape or config.current.view) == 'split' and open_split or open_float
  local win = open(title, buf)
  -- Its keys are those of normal mode, wherever it was asked for.
  vim.cmd.stopinsert()
  vim.bo[buf].filetype = filetype
  vim.bo[buf].modifiable = false
  vim.wo[win].wrap = true
  vim.wo[win].linebreak = true
  vim.keymap.set('n', 'q', '<Cmd>close<CR>', { buffer = buf, nowait = true, desc = 'Close' })
  return buf, win
end

---@param buf integer
---@param change fun()
function M.edit(buf, change)
  vim.bo[buf].modifiable = true
  change()
  vim.bo[buf].modifiable = false
end

---@param view cornerman.View
---@param text string
local function append(view, text)
  if text == '' or not vim.api.nvim_buf_is_valid(view.buf) then
    return
  end
  local last = vim.api.nvim_buf_line_count(view.buf) - 1
  local line = vim.api.nvim_buf_get_lines(view.buf, last, last + 1, false)[1]
  M.edit(view.buf, function()
    local lines = vim.split(text, '\n', { plain = true })
    vim.api.nvim_buf_set_text(view.buf, last, #line, last, #line, lines)
  end)
  -- Follow the text, unless the reader has gone back in it.
  if vim.api.nvim_win_is_valid(view.win) then
    local at = vim.api.nvim_win_get_cursor(view.win)[1]
    if at >= last + 1 then
      vim.api.nvim_win_set_cursor(view.win, { vim.api.nvim_buf_line_count(view.buf), 0 })
    end
  end
end

--- Open a window for text that is on its way. Closing it calls {on_close}.
---@param title string
---@param on_close fun()|nil
---@return cornerman.View
function M.open(title, on_close)
  local buf, win = M.open_scratch(title, 'markdown')
  vim.wo[win].conceallevel = 2
  pcall(vim.treesitter.start, buf, 'markdown')
  if on_close then
    vim.api.nvim_create_autocmd('BufWipeout', { buffer = buf, once = true, callback = on_close })
  end
  local view = { buf = buf, win = win }
  function view.append(text)
    append(view, text)
  end
  function view.replace(text)
    if vim.api.nvim_buf_is_valid(buf) then
      M.edit(buf, function()
        vim.api.nvim_buf_set_lines(buf, 0, -1, false, vim.split(text, '\n', { plain = true }))
      end)
    end
  end
  return view
end

return M
