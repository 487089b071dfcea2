--- Keys of insert mode. A key does what it did before wherever there is no suggestion.

local config = require('cornerman.config')
local ghost = require('cornerman.ghost')
local macros = require('cornerman.macros')

local M = {}

---@type table<string, fun()>
local ACTIONS = {
  accept = function()
    ghost.accept('all')
  end,
  accept_word = function()
    ghost.accept('word')
  end,
  accept_line = function()
    ghost.accept('line')
  end,
  dismiss = ghost.dismiss,
  next = ghost.next,
  previous = ghost.previous,
  trigger = ghost.trigger,
}

--- Actions that do not need a suggestion on the screen.
local ASKS = { next = true, previous = true, trigger = true }

---@param lhs string
---@return string
local function plug(lhs)
  return '<Plug>(cornerman-else-' .. lhs:gsub('[<>]', '') .. ')'
end

--- Keep the mapping that {lhs} has, under a name of its own.
---@param lhs string
local function keep(lhs)
  local former = vim.fn.maparg(lhs, 'i', false, true)
  if vim.tbl_isempty(former) or (former.desc or ''):match('^Cornerman:') then
    return
  end
  local rhs = former.callback or former.rhs:gsub('<SID>', ('<SNR>%d_'):format(former.sid))
  vim.keymap.set('i', plug(lhs), rhs, {
    expr = former.expr == 1,
    remap = former.noremap == 0,
    silent = former.silent == 1,
    replace_keycodes = former.replace_keycodes == 1 or nil,
  })
end

--- Keys for what {lhs} did before.
---@param lhs string
---@return string
local function former_keys(lhs)
  if vim.fn.maparg(plug(lhs), 'i') == '' then
    return lhs
  end
  -- A plugin that calls this mapping out of one of its own may not map what is returned.
  local keys = vim.api.nvim_replace_termcodes(plug(lhs), true, true, true)
  vim.api.nvim_feedkeys(keys, 'im', false)
  return ''
end

--- A snippet that is being filled in goes before a suggestion: its key moves to the next place.
---@param action string
---@return boolean
local function is_jump(action)
  return action == 'accept' and vim.snippet ~= nil and vim.snippet.active({ direction = 1 })
end

--- What the next key of a running macro writes.
---@type string|nil
local to_write

--- Write what the macro took; called by the mapping.
function M.write()
  vim.api.nvim_paste(to_write or '', false, -1)
end

--- Run the action of a key; called by the mapping.
---@param action string
function M.run(action)
  ACTIONS[action]()
end

---@param action string
---@return boolean
local function is_taking(action)
  return vim.startswith(action, 'accept')
end

--- What {lhs} does while a macro runs.
---@param lhs string
---@return string keys
local function keys_in_macro(lhs)
  to_write = macros.next_text()
  if not to_write then
    return former_keys(lhs)
  end
  return '<Cmd>lua require("cornerman.keymaps").write()<CR>'
end

---@param action string
---@param lhs string
---@return string keys
local function keys_for(action, lhs)
  if macros.is_running() then
    return is_taking(action) and keys_in_macro(lhs) or former_keys(lhs)
  end
  if is_jump(action) then
    return '<Cmd>lua vim.snippet.jump(1)<CR>'
  end
  if not ASKS[action] and not ghost.is_visible() then
    if is_taking(action) then
      macros.note()
    end
    return former_keys(lhs)
  end
  -- An open menu would swallow the text.
  local close = vim.fn.pumvisible() == 1 and '<C-e>' or ''
  return ('%s<Cmd>lua require("cornerman.keymaps").run("%s")<CR>'):format(close, action)
end

--- Map the keys of the configuration.
function M.define()
  local keymaps = config.current.keymaps
  if not keymaps then
    return
  end
  for action in pairs(ACTIONS) do
    local lhs = keymaps[action]
    if lhs then
      keep(lhs)
      vim.keymap.set('i', lhs, function()
        return keys_for(action, lhs)
      end, { expr = true, desc = 'Cornerman: ' .. action:gsub('_', ' ') })
    end
  end
end

return M
