--- Ghost text drawn by Neovim 0.12, with what it leaves to do: cancelling what is superseded,
--- dropping what is stale, asking by hand, and taking a part.

local compat = require('cornerman.compat')
local cursor = require('cornerman.cursor')
local suggestions = require('cornerman.suggestion')

local METHOD = 'textDocument/inlineCompletion'
local INVOKED = 1
local NAMESPACE = 'nvim.lsp.inline_completion'

local M = {}

---@class cornerman.BuiltinState
---@field client vim.lsp.Client
---@field group integer
---@field request integer|nil
---@field by_hand boolean The next request is the user's.
---@field is_choosing boolean An entry of the menu is chosen.
---@field items cornerman.Suggestion[] Candidates of the last answer.

---@type table<integer, cornerman.BuiltinState>
local states = {}

---@type table<integer, true>
local intercepted = {}

--- The first suggestion that agrees with what is typed.
---@param state cornerman.BuiltinState
---@return cornerman.Suggestion|nil
local function fitting(state)
  for _, suggestion in ipairs(state.items) do
    if suggestions.rest(suggestion) then
      return suggestion
    end
  end
end

--- Note what Neovim is about to show.
---@param state cornerman.BuiltinState
---@param buf integer
---@param result table|nil
---@return table result never nil, because Neovim would keep showing the former one
local function noted(state, buf, result)
  local found = suggestions.of_answer(buf, result, state.client)
  -- Nothing new to say does not take back what was shown and still fits.
  state.items = #found > 0 and found or { fitting(state) }
  local items = vim.tbl_map(function(suggestion)
    return suggestion.item
  end, state.items)
  return { items = items }
end

--- Pass requests of Neovim on to the server, each in place of the one before.
---@param client vim.lsp.Client
local function intercept(client)
  if intercepted[client.id] then
    return
  end
  intercepted[client.id] = true
  local original = client.request
  ---@diagnostic disable-next-line: duplicate-set-field
  client.request = function(self, method, params, handler, buf)
    local state = method == METHOD and states[buf]
    if not state then
      return original(self, method, params, handler, buf)
    end
    if state.request then
      self:cancel_request(state.request)
      state.request = nil
    end
    local by_hand = state.by_hand
    state.by_hand = false
    if vim.fn.reg_executing() ~= '' or cursor.is_choosing() then
      return false
    end
    if by_hand then
      params.context.triggerKind = INVOKED
    end
    local moment = cursor.moment(buf)
    local sent, id
    sent, id = original(self, method, params, function(err, result, context)
      if state.request ~= id then
        return
      end
      state.request = nil
      local is_stale = vim.api.nvim_get_current_buf() ~= buf or cursor.moment(buf) ~= moment
      if not err and not is_stale then
        handler(nil, noted(state, buf, result), context)
      end
    end, buf)
    state.request = sent and id or nil
    return sent, id
  end
end

--- Let Neovim's own timer start again, as after a key. It stops when a suggestion is dismissed,
--- which Neovim puts off: this has to come behind it.
---@param buf integer
local function restart(buf)
  vim.schedule(function()
    if states[buf] and vim.api.nvim_get_current_buf() == buf then
      local group = ('%s:%d'):format(NAMESPACE, buf)
      vim.api.nvim_exec_autocmds('CursorMovedI', { group = group, buffer = buf })
    end
  end)
end

--- Hide what no longer agrees with what is typed, which Neovim would draw until the next answer,
--- and what stands beside an entry of the menu that is only being looked at.
---@param buf integer
local function check(buf)
  local state = states[buf]
  if not state or vim.api.nvim_get_current_buf() ~= buf then
    return
  end
  local was_choosing = state.is_choosing
  state.is_choosing = cursor.is_choosing()
  if state.is_choosing then
    M.dismiss(buf)
  elseif was_choosing or (#state.items > 0 and not fitting(state) and M.dismiss(buf)) then
    restart(buf)
  end
end

---@param buf integer
---@param client vim.lsp.Client
function M.attach(buf, client)
  local group = vim.api.nvim_create_augroup('cornerman.builtin.' .. buf, {})
  states[buf] = { client = client, group = group, by_hand = false, is_choosing = false, items = {} }
  intercept(client)
  vim.lsp.inline_completion.enable(true, { bufnr = buf })
  vim.api.nvim_create_autocmd({ 'TextChangedI', 'TextChangedP', 'CompleteChanged' }, {
    group = group,
    buffer = buf,
    callback = function()
      -- The popup menu announces a choice before it is in the text.
      vim.schedule(function()
        check(buf)
      end)
    end,
  })
end

---@param buf integer
function M.detach(buf)
  local state = states[buf]
  if state then
    states[buf] = nil
    vim.api.nvim_del_augroup_by_id(state.group)
    if vim.api.nvim_buf_is_valid(buf) then
      vim.lsp.inline_completion.enable(false, { bufnr = buf })
    end
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
  local namespace = vim.api.nvim_create_namespace(NAMESPACE)
  return states[buf] ~= nil
    and #vim.api.nvim_buf_get_extmarks(buf, namespace, 0, -1, { limit = 1 }) > 0
end

--- How many candidates there are to choose from.
---@param buf integer
---@return integer
function M.count(buf)
  return states[buf] and #states[buf].items or 0
end

--- The suggestion that Neovim shows, as ours.
---@param buf integer
---@param shown vim.lsp.inline_completion.Item
---@return cornerman.Suggestion|nil # nil for one of another server
local function ours(buf, shown)
  for _, suggestion in ipairs(states[buf].items) do
    if
      shown.client_id == suggestion.client_id and shown.insert_text == suggestion.item.insertText
    then
      return suggestion
    end
  end
end

---@param buf integer
---@param part cornerman.Part
---@param on_taken fun(text: string|nil)
---@return boolean taken
function M.accept(buf, part, on_taken)
  if not M.is_visible(buf) then
    return false
  end
  return vim.lsp.inline_completion.get({
    bufnr = buf,
    on_accept = function(shown)
      local suggestion = ours(buf, shown)
      if not suggestion then
        return part == 'all' and shown or nil
      end
      if part == 'all' then
        states[buf].items = {}
      end
      on_taken(suggestions.take(suggestion, part))
      restart(buf)
    end,
  })
end

---@param buf integer
---@param count integer
function M.cycle(buf, count)
  local state = states[buf]
  if state and #state.items > 1 then
    vim.lsp.inline_completion.select({ bufnr = buf, count = count })
  else
    M.trigger(buf)
  end
end

---@param buf integer
function M.trigger(buf)
  if states[buf] then
    states[buf].by_hand = true
    restart(buf)
  end
end

---@param buf integer
---@return boolean dismissed
function M.dismiss(buf)
  if not M.is_visible(buf) then
    return false
  end
  if states[buf].request then
    compat.cancel(states[buf].client, states[buf].request)
    states[buf].request = nil
  end
  states[buf].items = {}
  return vim.lsp.inline_completion.get({ bufnr = buf, on_accept = function() end })
end

return M
