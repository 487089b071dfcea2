--- `:Cornerman {subcommand}`.

local actions = require('cornerman.actions')
local ghost = require('cornerman.ghost')
local message = require('cornerman.message')
local reports = require('cornerman.reports')
local server = require('cornerman.server')

local M = {}

---@class cornerman.Subcommand
---@field run fun(place: cornerman.Place, words: string)
---@field words string[]|nil Completed after it.

local SCOPES = { global = true, buffer = true, filetype = true }
local STATES = { on = true, off = false }

---@param words string
local function toggle(_, words)
  local scope, wanted = 'global', nil
  for word in words:gmatch('%S+') do
    if SCOPES[word] then
      scope = word
    elseif STATES[word] ~= nil then
      wanted = STATES[word]
    else
      message.fail('Write :Cornerman toggle [global|buffer|filetype] [on|off].')
      return
    end
  end
  local is_on = ghost.toggle(scope, wanted)
  if is_on and not ghost.is_enabled() then
    message.show('Suggestions are on, but not here: see :Cornerman toggle filetype.')
    return
  end
  message.show(('Suggestions are %s (%s).'):format(is_on and 'on' or 'off', scope))
end

---@type table<string, cornerman.Subcommand>
M.subcommands = {
  explain = { run = actions.explain },
  refactor = { run = actions.refactor, words = actions.refactor_kinds },
  fix = { run = actions.fix },
  document = { run = actions.document },
  test = { run = actions.test },
  ask = {
    run = function(place, words)
      actions.ask(words, place.buf)
    end,
  },
  why = {
    run = function(place)
      reports.why(place.buf)
    end,
  },
  stats = {
    run = function()
      reports.program('Statistics', { 'stats' })
    end,
  },
  doctor = {
    run = function()
      reports.program('Doctor', { 'doctor' })
    end,
  },
  model = {
    run = function(place, words)
      reports.model(place.buf, words)
    end,
  },
  toggle = { run = toggle, words = { 'global', 'buffer', 'filetype', 'on', 'off' } },
  log = { run = reports.log },
  install = {
    run = function()
      require('cornerman.install').run()
    end,
  },
  restart = { run = server.restart },
}

--- Run the user command.
---@param command { fargs: string[], args: string, range: integer, line1: integer, line2: integer }
function M.run(command)
  local name = command.fargs[1] or ''
  local found = M.subcommands[name]
  if not found then
    local names = vim.tbl_keys(M.subcommands)
    table.sort(names)
    message.fail(('Write :Cornerman and one of: %s.'):format(table.concat(names, ', ')))
    return
  end
  local place = actions.here()
  if command.range > 0 then
    place.first, place.last, place.is_range = command.line1 - 1, command.line2 - 1, true
  end
  found.run(place, vim.trim(command.args:sub(#name + 1)))
end

--- Completion of the user command.
---@param lead string
---@param line string
---@return string[]
function M.complete(lead, line)
  local typed = line:match('Corn%a*%s+(.*)$') or ''
  local name = typed:match('^(%S+)%s')
  local choices = vim.tbl_keys(M.subcommands)
  if name then
    choices = vim.deepcopy((M.subcommands[name] or {}).words or {})
  end
  table.sort(choices)
  return vim.tbl_filter(function(choice)
    return vim.startswith(choice, lead)
  end, choices)
end

return M
