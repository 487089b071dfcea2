--- A diff whose hunks are taken or left one by one.

local compat = require('cornerman.compat')
local message = require('cornerman.message')
local view = require('cornerman.view')

local M = {}

local CONTEXT = 3
local namespace = vim.api.nvim_create_namespace('cornerman.review')

---@class cornerman.Hunk
---@field change cornerman.FileChange
---@field start integer first line that is replaced, from 0
---@field removed string[]
---@field added string[]
---@field line integer where its header stands in the diff, from 0
---@field wanted boolean

---@param lines string[]
---@return string
local function joined(lines)
  return table.concat(lines, '\n') .. '\n'
end

---@param change cornerman.FileChange
---@return cornerman.Hunk[]
local function hunks_of(change)
  local hunks = {}
  for _, found in ipairs(compat.hunks(joined(change.old), joined(change.new))) do
    local from, removed, to, added = unpack(found)
    -- Without lines of its own, a hunk stands after the line it names.
    local start = removed == 0 and from or from - 1
    local first_added = added == 0 and to or to - 1
    hunks[#hunks + 1] = {
      change = change,
      start = start,
      removed = vim.list_slice(change.old, start + 1, start + removed),
      added = vim.list_slice(change.new, first_added + 1, first_added + added),
      wanted = true,
    }
  end
  return hunks
end

---@param into string[]
---@param mark string
---@param lines string[]
local function put(into, mark, lines)
  for _, line in ipairs(lines) do
    into[#into + 1] = mark .. line
  end
end

---@param lines string[]
---@param hunk cornerman.Hunk
local function put_hunk(lines, hunk)
  local old = hunk.change.old
  hunk.line = #lines
  lines[#lines + 1] = ('@@ line %d @@'):format(hunk.start + 1)
  put(lines, ' ', vim.list_slice(old, math.max(0, hunk.start - CONTEXT) + 1, hunk.start))
  put(lines, '-', hunk.removed)
  put(lines, '+', hunk.added)
  local after = hunk.start + #hunk.removed
  put(lines, ' ', vim.list_slice(old, after + 1, math.min(#old, after + CONTEXT)))
end

---@param buf integer
---@param hunks cornerman.Hunk[]
local function mark(buf, hunks)
  vim.api.nvim_buf_clear_namespace(buf, namespace, 0, -1)
  for _, hunk in ipairs(hunks) do
    local text, group = ' taken', 'DiagnosticOk'
    if not hunk.wanted then
      text, group = ' left out', 'DiagnosticWarn'
    end
    vim.api.nvim_buf_set_extmark(buf, namespace, hunk.line, 0, {
      virt_text = { { text, group } },
      virt_text_pos = 'eol',
    })
  end
end

---@param hunks cornerman.Hunk[]
---@return boolean
local function is_stale(hunks)
  for _, hunk in ipairs(hunks) do
    local change = hunk.change
    local is_here = vim.api.nvim_buf_is_valid(change.buf)
    if not is_here or vim.api.nvim_buf_get_changedtick(change.buf) ~= change.tick then
      return true
    end
  end
  return false
end

--- Write the hunks that are wanted, each file as one step of undo.
---@param hunks cornerman.Hunk[]
---@return boolean applied false if a file has changed since; then nothing is written
local function apply(hunks)
  if is_stale(hunks) then
    message.warn('The file has changed since: ask for the edit again.')
    return false
  end
  -- From the last one on, so that the lines of the others stay where they are.
  for index = #hunks, 1, -1 do
    local hunk = hunks[index]
    if hunk.wanted then
      local buf, stop = hunk.change.buf, hunk.start + #hunk.removed
      vim.bo[buf].buflisted = true
      vim.api.nvim_buf_set_lines(buf, hunk.start, stop, false, hunk.added)
    end
  end
  return true
end

---@param hunks cornerman.Hunk[]
---@return cornerman.Hunk
local function at_cursor(hunks)
  local line = vim.api.nvim_win_get_cursor(0)[1] - 1
  local found = hunks[1]
  for _, hunk in ipairs(hunks) do
    found = hunk.line <= line and hunk or found
  end
  return found
end

---@param buf integer
---@param hunks cornerman.Hunk[]
---@param close fun(applied: boolean)
local function map_keys(buf, hunks, close)
  local function on(lhs, description, action)
    vim.keymap.set('n', lhs, action, { buffer = buf, nowait = true, desc = description })
  end
  local function choose(wanted)
    return function()
      at_cursor(hunks).wanted = wanted
      mark(buf, hunks)
    end
  end
  local function go(step)
    return function()
      local here = at_cursor(hunks)
      for index, hunk in ipairs(hunks) do
        if hunk == here and hunks[index + step] then
          vim.api.nvim_win_set_cursor(0, { hunks[index + step].line + 1, 0 })
        end
      end
    end
  end
  on('a', 'Take this hunk', choose(true))
  on('r', 'Leave this hunk out', choose(false))
  on(']c', 'Next hunk', go(1))
  on('[c', 'Previous hunk', go(-1))
  on('q', 'Reject everything', function()
    close(false)
  end)
  on('<CR>', 'Apply what is taken', function()
    local applied = apply(hunks)
    close(applied)
  end)
end

--- Show {changes} as a diff, and apply what the user takes of it.
---@param title string
---@param changes cornerman.FileChange[]
---@param notes string[] shown above the diff
---@param on_end fun(applied: boolean)|nil
---@return integer|nil buf of the diff; nil if nothing changes
function M.open(title, changes, notes, on_end)
  local hunks = {}
  local lines = { '# a take · r leave out · ]c [c move · <CR> apply · q reject' }
  put(lines, '# ', notes)
  for _, change in ipairs(changes) do
    local of_file = hunks_of(change)
    if #of_file > 0 then
      lines[#lines + 1] = '--- ' .. (change.is_new and '(new file)' or change.path)
      lines[#lines + 1] = '+++ ' .. change.path
    end
    for _, hunk in ipairs(of_file) do
      put_hunk(lines, hunk)
      hunks[#hunks + 1] = hunk
    end
  end
  if #hunks == 0 then
    message.show('The edit would change nothing.')
    return nil
  end
  local buf, win = view.open_scratch(title, 'diff', 'split')
  view.edit(buf, function()
    vim.api.nvim_buf_set_lines(buf, 0, -1, false, lines)
  end)
  mark(buf, hunks)
  vim.api.nvim_win_set_cursor(win, { hunks[1].line + 1, 0 })
  map_keys(buf, hunks, function(applied)
    vim.api.nvim_win_close(win, true)
    if on_end then
      on_end(applied)
    end
  end)
  return buf
end

return M
