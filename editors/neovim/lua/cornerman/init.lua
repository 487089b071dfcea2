--- Cornerman for Neovim: `require('cornerman').setup{}`. All of it is in `:help cornerman`.

local compat = require('cornerman.compat')
local config = require('cornerman.config')
local draw = require('cornerman.ghost.draw')
local ghost = require('cornerman.ghost')
local keymaps = require('cornerman.keymaps')
local macros = require('cornerman.macros')
local message = require('cornerman.message')
local server = require('cornerman.server')
local status = require('cornerman.status')

local M = {}

M.accept = ghost.accept
M.next = ghost.next
M.previous = ghost.previous
M.dismiss = ghost.dismiss
M.trigger = ghost.trigger
M.toggle = ghost.toggle
M.is_enabled = ghost.is_enabled
M.is_visible = ghost.is_visible
M.statusline = status.line

---@param group integer
local function follow_editor(group)
  local function on(event, action)
    vim.api.nvim_create_autocmd(event, { group = group, callback = action })
  end
  on('FileType', function(event)
    server.start(event.buf)
    if server.client(event.buf) then
      ghost.refresh(event.buf)
    end
  end)
  on('LspAttach', function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == server.name then
      ghost.refresh(event.buf, client)
    end
  end)
  on('LspDetach', function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == server.name then
      ghost.detach(event.buf)
    end
  end)
  on('ColorScheme', draw.define_highlights)
  macros.follow_editor(group)
end

--- Start serving this Neovim. Options that cannot be used are reported and left at their default.
---@param options table|nil see |cornerman-options|
function M.setup(options)
  if vim.fn.has('nvim-0.10') == 0 then
    message.fail('Cornerman needs Neovim 0.10 or newer.')
    return
  end
  for _, problem in ipairs(config.apply(options)) do
    message.warn('setup: ' .. problem)
  end
  if config.current.ghost_text == 'builtin' and not compat.has_inline_completion then
    message.warn('setup: this Neovim does not draw inline completions; the plugin does.')
  end
  draw.define_highlights()
  keymaps.define()
  follow_editor(vim.api.nvim_create_augroup('cornerman', {}))
  for _, buf in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buf) then
      server.start(buf)
    end
  end
end

return M
