--- The program `cornerman`: where it is, and running it.

local config = require('cornerman.config')

local M = {}

M.missing = 'The server was not found: run :Cornerman install, or set cmd in setup().'

--- Where `:Cornerman install` puts it.
---@return string
function M.installed_folder()
  return vim.fs.joinpath(vim.fn.stdpath('data') --[[@as string]], 'cornerman')
end

--- A program in the folder of the installed copy.
---@param name string
---@return string path
function M.installed(name)
  local is_windows = vim.fn.has('win32') == 1
  local folder, ending = is_windows and 'Scripts' or 'bin', is_windows and '.exe' or ''
  return vim.fs.joinpath(M.installed_folder(), 'venv', folder, name .. ending)
end

--- The words that start it, without arguments.
---@return string[]|nil # nil if it is nowhere
function M.command()
  local cmd = config.current.cmd
  if cmd then
    local last = cmd[#cmd] == 'serve' and #cmd - 1 or #cmd
    return vim.fn.executable(cmd[1] or '') == 1 and vim.list_slice(cmd, 1, last) or nil
  end
  for _, path in ipairs({ 'cornerman', M.installed('cornerman') }) do
    if vim.fn.executable(path) == 1 then
      return { path }
    end
  end
end

--- Run it, without colours.
---@param arguments string[]
---@param on_end fun(done: vim.SystemCompleted)|nil
---@return vim.SystemObj|nil process nil if it is nowhere
function M.run(arguments, on_end)
  local command = M.command()
  if not command then
    return nil
  end
  local options = { text = true, env = { NO_COLOR = '1', COLUMNS = '84' } }
  local finish = on_end and vim.schedule_wrap(on_end) or nil
  return vim.system(vim.list_extend(command, arguments), options, finish)
end

return M
