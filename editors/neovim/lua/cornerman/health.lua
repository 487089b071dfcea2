--- `:checkhealth cornerman`.

local compat = require('cornerman.compat')
local config = require('cornerman.config')
local server = require('cornerman.server')

local M = {}

local health = vim.health

local function check_editor()
  health.start('Neovim')
  if vim.fn.has('nvim-0.10') == 0 then
    health.error('Neovim is too old', 'Install Neovim 0.10 or newer.')
    return
  end
  local is_builtin = compat.has_inline_completion and config.current.ghost_text ~= 'own'
  health.ok('Suggestions are drawn by ' .. (is_builtin and 'Neovim.' or 'the plugin.'))
  if vim.fn.exists('#cornerman') == 0 then
    health.error('The plugin is not set up', "Write require('cornerman').setup{} in your init.lua.")
  end
end

---@return string[]|nil program
local function check_program()
  health.start('Server')
  local program = server.program()
  if not program then
    health.error('The server was not found', 'Run :Cornerman install, or set cmd in setup().')
    return nil
  end
  local done = vim.system(vim.list_extend(vim.deepcopy(program), { '--version' }), { text = true })
  local result = done:wait(20000)
  if result.code ~= 0 then
    local reason = vim.trim(result.stderr)
    health.error('The server does not start: ' .. reason, 'Run :Cornerman install.')
    return nil
  end
  health.ok(('%s (%s)'):format(vim.trim(result.stdout), table.concat(program, ' ')))
  return program
end

local function check_clients()
  local clients = vim.lsp.get_clients({ name = server.name })
  if #clients == 0 then
    health.info('No server runs now; it starts with the first file that is opened.')
  end
  for _, client in ipairs(clients) do
    local buffers = vim.tbl_count(client.attached_buffers)
    local serves = 'Serves %d buffers in %s, positions in %s.'
    health.ok(serves:format(buffers, client.config.root_dir, client.offset_encoding))
  end
end

---@param program string[]
local function check_doctor(program)
  health.start('Doctor')
  local command = vim.list_extend(vim.deepcopy(program), { 'doctor' })
  local options = { text = true, env = { NO_COLOR = '1', COLUMNS = '100' } }
  local result = vim.system(command, options):wait(60000)
  local report = result.code == 0 and health.info or health.warn
  for line in vim.gsplit(vim.trim(result.stdout .. result.stderr), '\n') do
    if vim.trim(line) ~= '' then
      report(line)
    end
  end
end

function M.check()
  check_editor()
  local program = check_program()
  if program then
    check_clients()
    check_doctor(program)
  end
end

return M
