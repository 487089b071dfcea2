--- The language server: how it is started, and what it is asked.

local compat = require('cornerman.compat')
local config = require('cornerman.config')
local ghost = require('cornerman.ghost')
local message = require('cornerman.message')
local program = require('cornerman.program')
local status = require('cornerman.status')

local M = {}

M.name = 'cornerman'

---@return string
function M.log_file()
  return vim.fs.joinpath(vim.fn.stdpath('log') --[[@as string]], 'cornerman.log')
end

---@return lsp.ClientCapabilities
local function capabilities()
  local all = vim.lsp.protocol.make_client_capabilities()
  local own = {
    textDocument = { inlineCompletion = { dynamicRegistration = false } },
    experimental = {
      cornerman = {
        status = true,
        asksForInstruction = true,
        previewsEdits = config.current.preview,
        showsText = true,
      },
    },
  }
  return vim.tbl_deep_extend('force', all, own)
end

--- Receivers of streamed text, by the token of their request.
---@type table<string, fun(text: string)>
local streams = {}
local last_token = 0

---@param err table|nil
---@param params { token: string|integer, value: table }
---@param context table
local function on_progress(err, params, context)
  local receive = streams[params.token]
  if receive then
    receive(params.value.text or '')
    return
  end
  local value = params.value
  if value.kind == 'begin' then
    message.progress(value.title .. (value.message and ': ' .. value.message or ' …'))
  elseif value.kind == 'end' and value.message then
    message.progress(value.message)
  end
  return vim.lsp.handlers['$/progress'](err, params, context)
end

---@param root string|nil
---@return vim.lsp.ClientConfig|nil
local function client_config(root)
  local cmd = program.command()
  if not cmd then
    return nil
  end
  local options = { 'serve', '--log-file', M.log_file(), '--log-level', config.current.log_level }
  vim.list_extend(cmd, options)
  local settings = config.current.settings
  -- An empty table would be an array on the wire.
  settings = next(settings) and settings or vim.empty_dict()
  return {
    name = M.name,
    cmd = cmd,
    root_dir = root,
    capabilities = capabilities(),
    init_options = settings,
    settings = { cornerman = settings },
    commands = require('cornerman.actions').client_commands,
    handlers = {
      ['$/progress'] = on_progress,
      ['cornerman/status'] = function(_, params)
        status.update(params)
      end,
    },
    on_exit = function(code)
      status.clear()
      if code ~= 0 then
        message.warn('The server ended; restart it with :Cornerman restart (log: :Cornerman log).')
      end
    end,
  }
end

local told_missing = false

--- Start the server for {buf}, or let the one that runs serve it, too.
---@param buf integer
---@return integer|nil id of the client
function M.start(buf)
  local filetype = vim.bo[buf].filetype
  local is_file = vim.bo[buf].buftype == '' and filetype ~= ''
  local is_refused = config.current.filetypes[filetype] == false and not ghost.is_enabled(buf)
  if not is_file or is_refused then
    return nil
  end
  local found = client_config(vim.fs.root(buf, config.current.root_markers) or vim.fn.getcwd())
  if not found then
    if not told_missing then
      message.warn(program.missing)
    end
    told_missing = true
    return nil
  end
  return vim.lsp.start(found, { bufnr = buf })
end

--- The server of {buf}, once it is ready.
---@param buf integer
---@return vim.lsp.Client|nil
function M.client(buf)
  for _, client in ipairs(vim.lsp.get_clients({ bufnr = buf, name = M.name })) do
    if client.initialized then
      return client
    end
  end
end

--- Stop every server of this Neovim and start them anew.
function M.restart()
  local buffers = {}
  for _, client in ipairs(vim.lsp.get_clients({ name = M.name })) do
    vim.list_extend(buffers, vim.tbl_keys(client.attached_buffers))
    compat.stop(client)
  end
  vim.wait(5000, function()
    return #vim.lsp.get_clients({ name = M.name }) == 0
  end, 20)
  told_missing = false
  for _, buf in ipairs(vim.list_extend(buffers, { vim.api.nvim_get_current_buf() })) do
    M.start(buf)
  end
end

---@class cornerman.Call
---@field buf integer
---@field on_result fun(result: any)
---@field on_failure fun(sentence: string)|nil nil: shown as a message
---@field on_text fun(text: string)|nil Takes pieces of a streamed answer.

--- Run a command of the server.
---@param command string
---@param argument table|nil
---@param call cornerman.Call
---@return fun() cancel
function M.call(command, argument, call)
  local fail = call.on_failure or message.fail
  local client = M.client(call.buf)
  if not client then
    fail('No server serves this buffer: see :checkhealth cornerman.')
    return function() end
  end
  local provided = (client.server_capabilities.executeCommandProvider or {}).commands or {}
  if not vim.tbl_contains(provided, command) then
    local sentence = 'This server has no %s: update it (:Cornerman install does, for its own copy).'
    fail(sentence:format(command))
    return function() end
  end
  local token
  if call.on_text then
    last_token = last_token + 1
    token = 'cornerman-' .. last_token
    streams[token] = call.on_text
    argument = vim.tbl_extend('force', argument or {}, { partialResultToken = token })
  end
  local params = { command = command, arguments = argument and { argument } or nil }
  local id = compat.request(client, 'workspace/executeCommand', params, function(err, result)
    if token then
      streams[token] = nil
    end
    if err then
      fail(err.message)
    else
      call.on_result(result)
    end
  end, call.buf)
  return function()
    if token then
      streams[token] = nil
    end
    if id and not compat.is_stopped(client) then
      compat.cancel(client, id)
    end
  end
end

return M
