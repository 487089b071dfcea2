--- Ghost text for Neovim before 0.12: asks, draws and takes by itself.

local compat = require('cornerman.compat')
local config = require('cornerman.config')
local cursor = require('cornerman.cursor')
local draw = require('cornerman.ghost.draw')
local suggestions = require('cornerman.suggestion')

local METHOD = 'textDocument/inlineCompletion'
local INVOKED, AUTOMATIC = 1, 2

local M = {}

---@class cornerman.GhostState
---@field client vim.lsp.Client
---@field group integer
---@field timer uv.uv_timer_t
---@field request integer|nil The request under way.
---@field asked integer Counts requests; the answer to any but the last one is dropped.
---@field seen string|nil Where and in which text the cursor last was.
---@field items cornerman.Suggestion[]
---@field index integer
---@field rest string|nil What is on the screen.

---@type table<integer, cornerman.GhostState>
local states = {}

---@return boolean
local function is_typing()
  return vim.api.nvim_get_mode().mode:sub(1, 1) == 'i' and vim.fn.reg_executing() == ''
end

---@param buf integer
local function hide(buf)
  states[buf].rest = nil
  draw.clear(buf)
end

--- Show what is left of the current suggestion, or hide it.
---@param buf integer
local function redraw(buf)
  local state = states[buf]
  local suggestion = state.items[state.index]
  local rest = suggestion and not cursor.is_choosing() and suggestions.rest(suggestion)
  if not rest then
    hide(buf)
    return
  end
  state.rest = rest
  local count = #state.items
  local hint = count > 1 and (' (%d/%d)'):format(state.index, count) or nil
  draw.show(buf, rest, suggestion.right, hint)
end

---@param state cornerman.GhostState
local function cancel(state)
  state.timer:stop()
  state.asked = state.asked + 1
  if state.request then
    if not compat.is_stopped(state.client) then
      compat.cancel(state.client, state.request)
    end
    state.request = nil
  end
end

---@param buf integer
---@param result table|nil
local function receive(buf, result)
  local state = states[buf]
  local found = suggestions.of_answer(buf, result, state.client)
  -- Nothing new to say does not take back what is shown and still fits.
  if #found > 0 or not state.rest then
    state.items, state.index = found, 1
  end
  redraw(buf)
end

---@param buf integer
---@param kind 1|2
local function ask(buf, kind)
  local state = states[buf]
  if not is_typing() or cursor.is_choosing() or vim.api.nvim_get_current_buf() ~= buf then
    return
  end
  local row, column = cursor.position()
  local line = vim.api.nvim_get_current_line()
  -- Neovim 0.10 miscounts what stands left of the cursor in its own parameters.
  local character = compat.character(line, column, state.client.offset_encoding)
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(buf) },
    position = { line = row, character = character },
    context = { triggerKind = kind },
  }
  local asked, moment = state.asked, cursor.moment(buf)
  state.request = compat.request(state.client, METHOD, params, function(err, result)
    if states[buf] ~= state or asked ~= state.asked then
      return
    end
    state.request = nil
    local is_stale = vim.api.nvim_get_current_buf() ~= buf or cursor.moment(buf) ~= moment
    if not err and not is_stale and is_typing() then
      receive(buf, result)
    end
  end, buf)
end

--- The cursor moved or the text changed: keep what still fits, and ask again.
---@param buf integer
local function update(buf)
  local state = states[buf]
  local moment = cursor.moment(buf)
  if moment == state.seen or not is_typing() then
    return
  end
  state.seen = moment
  cancel(state)
  redraw(buf)
  if not state.rest then
    state.items = {}
  end
  state.timer:start(
    config.current.debounce_ms,
    0,
    vim.schedule_wrap(function()
      if states[buf] == state then
        ask(buf, AUTOMATIC)
      end
    end)
  )
end

---@param buf integer
local function forget(buf)
  local state = states[buf]
  cancel(state)
  state.items, state.seen = {}, nil
  hide(buf)
end

--- Offer suggestions of {client} in {buf}.
---@param buf integer
---@param client vim.lsp.Client
function M.attach(buf, client)
  M.detach(buf)
  local group = vim.api.nvim_create_augroup('cornerman.ghost.' .. buf, {})
  states[buf] = {
    client = client,
    group = group,
    timer = assert(vim.uv.new_timer()),
    asked = 0,
    items = {},
    index = 1,
  }
  local function follow()
    -- The popup menu announces a choice before it is in the text.
    vim.schedule(function()
      if states[buf] and vim.api.nvim_get_current_buf() == buf then
        update(buf)
      end
    end)
  end
  local function on(events, action)
    vim.api.nvim_create_autocmd(events, { group = group, buffer = buf, callback = action })
  end
  on({ 'InsertEnter', 'TextChangedI', 'TextChangedP' }, follow)
  on({ 'CursorMovedI', 'CompleteChanged' }, follow)
  on({ 'InsertLeave', 'BufLeave' }, function()
    forget(buf)
  end)
  on({ 'BufWipeout', 'BufDelete' }, function()
    M.detach(buf)
  end)
end

--- No suggestions in {buf} any more.
---@param buf integer
function M.detach(buf)
  local state = states[buf]
  if state then
    cancel(state)
    state.timer:close()
    draw.clear(buf)
    vim.api.nvim_del_augroup_by_id(state.group)
    states[buf] = nil
  end
end

---@param buf integer
---@return boolean
function M.is_attached(buf)
  return states[buf] ~= nil
end

---@param buf integer
---@return boolean
function M.is_visible(buf)
  return states[buf] ~= nil and states[buf].rest ~= nil
end

--- How many candidates there are to choose from.
---@param buf integer
---@return integer
function M.count(buf)
  return states[buf] and #states[buf].items or 0
end

--- Take a part of what is shown.
---@param buf integer
---@param part cornerman.Part
---@param on_taken fun(text: string|nil)
---@return boolean taken
function M.accept(buf, part, on_taken)
  local state = states[buf]
  if not M.is_visible(buf) then
    return false
  end
  local suggestion = state.items[state.index]
  if part == 'all' then
    state.items = {}
  end
  hide(buf)
  local text = suggestions.take(suggestion, part)
  on_taken(text)
  state.seen = nil
  update(buf)
  return text ~= nil
end

--- Show another candidate; asks for several where there is only one.
---@param buf integer
---@param count integer negative for backwards
function M.cycle(buf, count)
  local state = states[buf]
  if not state then
    return
  end
  if #state.items > 1 then
    state.index = (state.index - 1 + count) % #state.items + 1
    redraw(buf)
  else
    M.trigger(buf)
  end
end

---@param buf integer
function M.trigger(buf)
  if states[buf] then
    cancel(states[buf])
    -- News of the key before this one would ask again.
    states[buf].seen = cursor.moment(buf)
    ask(buf, INVOKED)
  end
end

---@param buf integer
---@return boolean dismissed false if nothing was shown
function M.dismiss(buf)
  local was_visible = M.is_visible(buf)
  if states[buf] then
    local seen = states[buf].seen
    forget(buf)
    states[buf].seen = seen
  end
  return was_visible
end

return M
