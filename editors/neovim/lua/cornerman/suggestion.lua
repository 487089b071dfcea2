--- One suggestion: what is left of it at the cursor, and taking it, whole or in part.

local compat = require('cornerman.compat')
local cursor = require('cornerman.cursor')

local M = {}

---@alias cornerman.Part 'all'|'word'|'line'

---@class cornerman.Suggestion
---@field buf integer
---@field item lsp.InlineCompletionItem What the server sent.
---@field text string What is to stand from `row`, `column` on.
---@field row integer Counted from 0.
---@field column integer Counted in bytes.
---@field right string What stands right of the cursor and is replaced; "" for most.
---@field command lsp.Command|nil To run once it is taken.
---@field client_id integer

---@param buf integer
---@param row integer
---@return string
local function line_of(buf, row)
  return vim.api.nvim_buf_get_lines(buf, row, row + 1, false)[1] or ''
end

--- Byte column of {position} in {buf}.
---@param buf integer
---@param position lsp.Position
---@param client vim.lsp.Client
---@return integer
local function column_of(buf, position, client)
  return compat.byte_column(line_of(buf, position.line), position.character, client.offset_encoding)
end

---@param text string|lsp.StringValue
---@return string
local function plain(text)
  return ((type(text) == 'table' and text.value or text):gsub('\r\n?', '\n'))
end

--- The suggestion of an item for the cursor of the current window.
---@param buf integer
---@param item lsp.InlineCompletionItem
---@param client vim.lsp.Client
---@return cornerman.Suggestion|nil # nil for a range that does not hold the cursor
local function new(buf, item, client)
  local row, column = cursor.position()
  local first_row, first_column, right = row, column, ''
  if item.range then
    local first, last = item.range.start, item.range['end']
    first_row = first.line
    first_column = column_of(buf, first, client)
    local last_column = column_of(buf, last, client)
    local begins_before = first_row < row or (first_row == row and first_column <= column)
    if not begins_before or last.line ~= row or last_column < column then
      return nil
    end
    right = line_of(buf, row):sub(column + 1, last_column)
  end
  return {
    buf = buf,
    item = item,
    text = plain(item.insertText),
    row = first_row,
    column = first_column,
    right = right,
    command = item.command,
    client_id = client.id,
  }
end

--- The suggestions of an answer to `textDocument/inlineCompletion` at the cursor.
---@param buf integer
---@param result lsp.InlineCompletionList|lsp.InlineCompletionItem[]|nil
---@param client vim.lsp.Client
---@return cornerman.Suggestion[]
function M.of_answer(buf, result, client)
  local found = {}
  for _, item in ipairs(result and (result.items or result) or {}) do
    found[#found + 1] = new(buf, item, client)
  end
  return found
end

--- The text from the start of {suggestion} to the cursor.
---@param suggestion cornerman.Suggestion
---@return string|nil # nil if the start is not left of the cursor any more
local function typed_since(suggestion)
  local row, column = cursor.position()
  local buf, first, start = suggestion.buf, suggestion.row, suggestion.column
  if row < first or (row == first and column < start) then
    return nil
  end
  if row >= vim.api.nvim_buf_line_count(buf) or #line_of(buf, first) < start then
    return nil
  end
  return table.concat(vim.api.nvim_buf_get_text(buf, first, start, row, column, {}), '\n')
end

--- What is still to be written at the cursor, of {suggestion}, after what was typed since.
---@param suggestion cornerman.Suggestion
---@return string|nil rest nil when what was typed or what stands to the right says otherwise
function M.rest(suggestion)
  local row, column = cursor.position()
  local typed = typed_since(suggestion)
  local after = line_of(suggestion.buf, row):sub(column + 1)
  if not typed or not vim.startswith(suggestion.text, typed) then
    return nil
  end
  if not vim.startswith(after, suggestion.right) then
    return nil
  end
  local rest = suggestion.text:sub(#typed + 1)
  return rest ~= '' and rest ~= suggestion.right and rest or nil
end

--- The part of {rest} that one key takes.
---@param rest string
---@param part cornerman.Part
---@return string
local function part_of(rest, part)
  if part == 'word' then
    local word = vim.fn.matchstr(rest, [=[^\_s*\%(\k\+\|[^[:keyword:][:space:]]\+\)]=])
    return word ~= '' and word or rest
  end
  if part == 'line' then
    return rest:match('^\n?[^\n]*')
  end
  return rest
end

--- A change of its own in the undo history begins here.
local function break_undo()
  vim.bo.undolevels = vim.bo.undolevels
end

---@param client_id integer
---@param command lsp.Command
---@param buf integer
local function run(client_id, command, buf)
  local client = vim.lsp.get_client_by_id(client_id)
  if client then
    local params = { command = command.command, arguments = command.arguments }
    compat.request(client, 'workspace/executeCommand', params, function() end, buf)
  end
end

--- Write {part} of {suggestion} at the cursor of the current window, as one step of undo.
--- The text is pasted, so that it is repeated by `.` and not indented again.
---@param suggestion cornerman.Suggestion
---@param part cornerman.Part
---@return string|nil text what was written; nil if the suggestion does not fit what stands there
function M.take(suggestion, part)
  local rest = vim.api.nvim_get_current_buf() == suggestion.buf and M.rest(suggestion)
  if not rest then
    return nil
  end
  local row, column = cursor.position()
  local piece = part_of(rest, part)
  local right = suggestion.right
  break_undo()
  if piece == rest and right ~= '' then
    if vim.endswith(piece, right) then
      piece = piece:sub(1, #piece - #right)
    else
      vim.api.nvim_buf_set_text(suggestion.buf, row, column, row, column + #right, { '' })
      right = ''
    end
    vim.api.nvim_paste(piece, false, -1)
    local last_row, last_column = cursor.position()
    vim.api.nvim_win_set_cursor(0, { last_row + 1, last_column + #right })
  else
    vim.api.nvim_paste(piece, false, -1)
  end
  break_undo()
  if piece == rest and suggestion.command then
    run(suggestion.client_id, suggestion.command, suggestion.buf)
  end
  return piece
end

return M
