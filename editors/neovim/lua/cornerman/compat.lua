--- Where Neovim 0.10, 0.11 and 0.12 differ, so that no other file has to know.

local M = {}

local has_methods = vim.fn.has('nvim-0.11') == 1

--- True where Neovim draws inline completions itself.
M.has_inline_completion = vim.lsp.inline_completion ~= nil

---@param client vim.lsp.Client
---@param method string
---@param params table
---@param handler fun(err: table|nil, result: any)
---@param buf integer
---@return integer|nil id to cancel the request with; nil if it could not be sent
function M.request(client, method, params, handler, buf)
  local sent, id
  if has_methods then
    sent, id = client:request(method, params, handler, buf)
  else
    sent, id = client.request(method, params, handler, buf)
  end
  return sent and id or nil
end

---@param client vim.lsp.Client
---@param id integer
function M.cancel(client, id)
  if has_methods then
    client:cancel_request(id)
  else
    client.cancel_request(id)
  end
end

---@param client vim.lsp.Client
function M.stop(client)
  if has_methods then
    client:stop()
  else
    client.stop()
  end
end

---@param client vim.lsp.Client
---@return boolean
function M.is_stopped(client)
  if has_methods then
    return client:is_stopped()
  end
  return client.is_stopped()
end

--- Byte column of a position's `character` in {line}, never past its end.
---@param line string
---@param character integer
---@param encoding 'utf-8'|'utf-16'|'utf-32'
---@return integer
function M.byte_column(line, character, encoding)
  if has_methods then
    return vim.str_byteindex(line, encoding, character, false)
  end
  if encoding == 'utf-8' then
    return math.min(character, #line)
  end
  local longest, longest16 = vim.str_utfindex(line)
  local last = encoding == 'utf-16' and longest16 or longest
  return vim.str_byteindex(line, math.min(character, last), encoding == 'utf-16')
end

--- `character` of a position, of the byte column {column} in {line}.
---@param line string
---@param column integer
---@param encoding 'utf-8'|'utf-16'|'utf-32'
---@return integer
function M.character(line, column, encoding)
  column = math.min(column, #line)
  if has_methods then
    return vim.str_utfindex(line, encoding, column, false)
  end
  if encoding == 'utf-8' then
    return column
  end
  local utf32, utf16 = vim.str_utfindex(line, column)
  return encoding == 'utf-16' and utf16 or utf32
end

--- Hunks that make {new} of {old}: start and count of lines in each, from 1.
---@param old string
---@param new string
---@return integer[][]
function M.hunks(old, new)
  local diff = vim.text and vim.text.diff or vim.diff
  return diff(old, new, { result_type = 'indices', algorithm = 'histogram' }) --[[@as integer[][] ]]
end

return M
