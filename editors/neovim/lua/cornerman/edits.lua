--- Edits of the server as pairs of texts: each file before and after.

local M = {}

---@class cornerman.FileChange
---@field path string as shown
---@field buf integer
---@field tick integer of the buffer when the edit was made for it
---@field is_new boolean
---@field old string[]
---@field new string[]

--- {lines} after {text_edits}.
---@param lines string[]
---@param text_edits lsp.TextEdit[]
---@param encoding 'utf-8'|'utf-16'|'utf-32'
---@return string[]
local function edited(lines, text_edits, encoding)
  local scratch = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(scratch, 0, -1, false, lines)
  vim.lsp.util.apply_text_edits(text_edits, scratch, encoding)
  local result = vim.api.nvim_buf_get_lines(scratch, 0, -1, false)
  vim.api.nvim_buf_delete(scratch, { force = true })
  return result
end

---@param edit lsp.WorkspaceEdit
---@return string[] order of the files' URIs
---@return table<string, lsp.TextEdit[]> by_uri
---@return table<string, true> created
local function sorted(edit)
  local by_uri, order, created = {}, {}, {}
  local function add(uri, text_edits)
    if not by_uri[uri] then
      by_uri[uri] = {}
      order[#order + 1] = uri
    end
    vim.list_extend(by_uri[uri], text_edits)
  end
  for uri, text_edits in pairs(edit.changes or {}) do
    add(uri, text_edits)
  end
  for _, change in ipairs(edit.documentChanges or {}) do
    if change.kind == 'create' then
      created[change.uri] = true
    elseif change.textDocument then
      add(change.textDocument.uri, change.edits)
    end
  end
  return order, by_uri, created
end

--- The files that {edit} changes. Reads files that are not open, writes nothing.
---@param edit lsp.WorkspaceEdit
---@param encoding 'utf-8'|'utf-16'|'utf-32'
---@return cornerman.FileChange[]
function M.changes(edit, encoding)
  local order, by_uri, created = sorted(edit)
  return vim.tbl_map(function(uri)
    local path = vim.uri_to_fname(uri)
    local buf = vim.fn.bufadd(path)
    vim.fn.bufload(buf)
    local old = vim.api.nvim_buf_get_lines(buf, 0, -1, false)
    local new = edited(old, by_uri[uri], encoding)
    local is_new = created[uri] == true and vim.uv.fs_stat(path) == nil
    -- The line of an empty buffer would come after the end of a new file's text.
    if is_new and #new > 1 and new[#new] == '' then
      new[#new] = nil
    end
    return {
      path = vim.fn.fnamemodify(path, ':~:.'),
      buf = buf,
      tick = vim.api.nvim_buf_get_changedtick(buf),
      is_new = is_new,
      old = old,
      new = new,
    }
  end, order)
end

return M
