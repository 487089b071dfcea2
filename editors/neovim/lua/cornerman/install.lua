--- A copy of the server of one's own, in Neovim's data folder.

local config = require('cornerman.config')
local message = require('cornerman.message')
local program = require('cornerman.program')
local server = require('cornerman.server')

local M = {}

---@param text string
---@return string # its last line that is not empty
local function last_line(text)
  return vim.trim(text):match('[^\n]*$')
end

---@class cornerman.Step
---@field what string
---@field command string[]

---@return cornerman.Step[]
local function steps()
  local options = config.current.install
  local folder = vim.fs.joinpath(program.installed_folder(), 'venv')
  local python = program.installed('python')
  local pip = { python, '-m', 'pip', '--disable-pip-version-check', 'install', '--upgrade' }
  return {
    { what = 'making a virtual environment', command = { options.python, '-m', 'venv', folder } },
    {
      what = 'installing ' .. vim.fs.basename(options.package),
      command = vim.list_extend(pip, { options.package }),
    },
    {
      what = 'fetching the model, about half a gigabyte the first time',
      command = { program.installed('cornerman'), 'models', 'pull' },
    },
  }
end

---@param todo cornerman.Step[]
---@param on_end fun(ok: boolean)
local function run(todo, on_end)
  local step = table.remove(todo, 1)
  if not step then
    on_end(true)
    return
  end
  message.progress('Cornerman: ' .. step.what .. ' …')
  local started = pcall(vim.system, step.command, { text = true }, function(done)
    vim.schedule(function()
      if done.code == 0 then
        run(todo, on_end)
      else
        local reason = last_line(done.stderr ~= '' and done.stderr or done.stdout)
        message.fail(('Failed while %s: %s'):format(step.what, reason))
        on_end(false)
      end
    end)
  end)
  if not started then
    local name = vim.fs.basename(step.command[1])
    message.fail(('%s could not be started: install it, or set install.python.'):format(name))
    on_end(false)
  end
end

--- Install or update the server and its model, then start it for what is open.
---@param on_end fun(ok: boolean)|nil
function M.run(on_end)
  vim.fn.mkdir(program.installed_folder(), 'p')
  run(steps(), function(ok)
    if ok then
      server.restart()
      message.progress('Cornerman is installed.')
    end
    if on_end then
      on_end(ok)
    end
  end)
end

return M
