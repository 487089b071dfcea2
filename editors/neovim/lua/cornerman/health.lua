--- `:checkhealth cornerman`.

local compat = require('cornerman.compat')
local config = require('cornerman.config')
local program = require('cornerman.program')
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

---@return boolean works
local function check_program()
  health.start('Server')
  local process = program.run({ '--version' })
  if not process then
    health.error(program.missing)
    return false
  end
  local result = process:wait(20000)
  if result.code ~= 0 then
    local reason = vim.trim(result.stderr)
    health.error('The server does not start: ' .. reason, 'Run :Cornerman install.')
    return false
  end
  health.ok(('%s (%s)'):format(vim.trim(result.stdout), table.concat(program.command(), ' ')))
  return true
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

local REPORTS = { OK = health.ok, warn = health.warn, fail = health.error }

local function check_doctor()
  health.start('Doctor')
  local process = assert(program.run({ 'doctor', '--json' }))
  local is_told, findings = pcall(vim.json.decode, process:wait(100000).stdout)
  if not is_told then
    health.warn('The doctor did not answer.', 'Run :Cornerman doctor.')
    return
  end
  for _, finding in ipairs(findings) do
    local advice = finding.fix ~= '' and finding.fix or nil
    REPORTS[finding.level](finding.subject .. ': ' .. finding.detail, advice)
  end
end

function M.check()
  check_editor()
  if check_program() then
    check_clients()
    check_doctor()
  end
end

return M
