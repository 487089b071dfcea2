--- Suggestions at the cursor: who draws them, and where they are turned on.

local compat = require('cornerman.compat')
local config = require('cornerman.config')
local macros = require('cornerman.macros')

local M = {}

--- Choices of the user in this session; they go before the configuration.
---@type { everywhere: boolean|nil, filetypes: table<string, boolean> }
local chosen = { filetypes = {} }

---@class cornerman.Painter
---@field attach fun(buf: integer, client: vim.lsp.Client)
---@field detach fun(buf: integer)
---@field is_attached fun(buf: integer): boolean
---@field is_visible fun(buf: integer): boolean
---@field count fun(buf: integer): integer
---@field accept fun(buf: integer, part: cornerman.Part, on_taken: fun(text: string|nil)): boolean
---@field cycle fun(buf: integer, count: integer)
---@field trigger fun(buf: integer)
---@field dismiss fun(buf: integer): boolean

---@return cornerman.Painter
local function painter()
  local who = config.current.ghost_text
  if who == 'own' or not compat.has_inline_completion then
    return require('cornerman.ghost.own')
  end
  return require('cornerman.ghost.builtin')
end

---@return integer buf
local function here()
  return vim.api.nvim_get_current_buf()
end

---@return boolean
local function is_enabled_everywhere()
  if chosen.everywhere ~= nil then
    return chosen.everywhere
  end
  return config.current.enabled
end

---@param buf integer|nil nil: the current one
---@return boolean
function M.is_enabled(buf)
  buf = buf or here()
  local of_buffer = vim.b[buf].cornerman_enabled
  if of_buffer ~= nil then
    return of_buffer
  end
  local filetype = vim.bo[buf].filetype
  if chosen.filetypes[filetype] ~= nil then
    return chosen.filetypes[filetype]
  end
  local of_filetype = config.current.filetypes[filetype]
  if of_filetype == nil then
    of_filetype = config.current.filetypes['*'] ~= false
  end
  return is_enabled_everywhere() and of_filetype
end

--- Bring {buf} in line with what is enabled.
---@param buf integer
---@param client vim.lsp.Client|nil that serves it; nil: whichever does
function M.refresh(buf, client)
  client = client or require('cornerman.server').client(buf)
  local wanted = client ~= nil and M.is_enabled(buf)
  local ghost = painter()
  if wanted and not ghost.is_attached(buf) then
    ghost.attach(buf, client)
  elseif not wanted then
    ghost.detach(buf)
  end
end

--- The server has left {buf}.
---@param buf integer
function M.detach(buf)
  painter().detach(buf)
end

--- Turn suggestions on or off, or over.
---@param scope 'global'|'buffer'|'filetype'
---@param on boolean|nil nil: the opposite of what holds
---@return boolean on
function M.toggle(scope, on)
  local buf = here()
  if on == nil then
    local holds = M.is_enabled(buf)
    if scope == 'global' then
      holds = is_enabled_everywhere()
    end
    on = not holds
  end
  if scope == 'buffer' then
    vim.b[buf].cornerman_enabled = on
  elseif scope == 'filetype' then
    chosen.filetypes[vim.bo[buf].filetype] = on
    vim.b[buf].cornerman_enabled = nil
  else
    chosen = { everywhere = on, filetypes = {} }
    for _, each in ipairs(vim.api.nvim_list_bufs()) do
      vim.b[each].cornerman_enabled = nil
    end
  end
  for _, each in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(each) then
      M.refresh(each)
    end
  end
  if M.is_enabled(buf) then
    -- A file type that is not served by itself is, once the user wants it.
    require('cornerman.server').start(buf)
  end
  return on
end

---@return boolean
function M.is_visible()
  return painter().is_visible(here())
end

--- How many candidates there are to choose from.
---@return integer
function M.count()
  return painter().count(here())
end

--- Take the suggestion or the next part of it.
---@param part cornerman.Part|nil nil: all
---@return boolean taken
function M.accept(part)
  local noted = macros.note()
  return painter().accept(here(), part or 'all', function(text)
    noted.text = text
  end)
end

---@param count integer|nil
function M.next(count)
  painter().cycle(here(), count or 1)
end

---@param count integer|nil
function M.previous(count)
  painter().cycle(here(), -(count or 1))
end

function M.trigger()
  painter().trigger(here())
end

---@return boolean dismissed
function M.dismiss()
  return painter().dismiss(here())
end

return M
