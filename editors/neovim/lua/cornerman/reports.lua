--- What the server tells about itself: why there was no suggestion, figures, models, the doctor.

local config = require('cornerman.config')
local message = require('cornerman.message')
local program = require('cornerman.program')
local server = require('cornerman.server')
local view = require('cornerman.view')

local M = {}

---@param buf integer
function M.why(buf)
  server.call('cornerman.why', nil, {
    buf = buf,
    on_result = function(outcomes)
      local lines = { '# The latest requests for a suggestion', '' }
      for _, outcome in ipairs(outcomes) do
        local how = outcome.suggested and 'a suggestion' or outcome.reason
        local taken = outcome.accepted and ', accepted' or ''
        lines[#lines + 1] = ('- %s%s (%.0f ms)'):format(how, taken, outcome.totalMs)
      end
      if #outcomes == 0 then
        lines[#lines + 1] = 'There were none yet.'
      end
      view.open('Why').replace(table.concat(lines, '\n'))
    end,
  })
end

--- Run `cornerman` with {arguments} and show what it prints.
---@param title string
---@param arguments string[]
function M.program(title, arguments)
  local shown
  local process = program.run(arguments, function(done)
    shown.replace('```\n' .. vim.trim(done.stdout .. done.stderr) .. '\n```')
  end)
  if not process then
    message.fail(program.missing)
    return
  end
  shown = view.open(title)
  shown.append(('Running `cornerman %s` …'):format(table.concat(arguments, ' ')))
end

---@class cornerman.Model
---@field name string
---@field title string
---@field sizeBytes integer
---@field installed boolean
---@field inUse boolean
---@field fit 'well'|'tight'|'no'

---@param model cornerman.Model
---@return string
local function described(model)
  local size = ('%.1f GB'):format(model.sizeBytes / 1e9)
  local state = model.inUse and 'in use' or (model.installed and 'installed' or size)
  local fit = ({ well = 'fits well', tight = 'tight', no = 'too big' })[model.fit]
  return ('%s (%s, %s)'):format(model.title, state, fit)
end

--- Make {name} the model in use, from now on and in every editor.
---@param name string
local function use(name)
  if config.current.settings.model then
    message.warn('setup() sets the model: change settings.model there.')
    return
  end
  program.run({ 'settings', 'set', 'model', name }, function(done)
    if done.code == 0 then
      message.show(('%s is in use.'):format(name))
    else
      message.fail(vim.trim(done.stderr))
    end
  end)
end

--- Make {model} the one in use; it is fetched if it is not here.
---@param buf integer
---@param model cornerman.Model
local function take(buf, model)
  if model.installed then
    use(model.name)
    return
  end
  message.progress(('Fetching %s …'):format(model.name))
  server.call('cornerman.pull', { model = model.name }, {
    buf = buf,
    on_result = function(result)
      use(result.model)
    end,
  })
end

--- Choose the model in use.
---@param buf integer
---@param name string "": of a list
function M.model(buf, name)
  ---@param models cornerman.Model[]
  local function choose(models)
    if name == '' then
      local options = { prompt = 'Model', format_item = described }
      vim.ui.select(models, options, function(model)
        if model then
          take(buf, model)
        end
      end)
      return
    end
    for _, model in ipairs(models) do
      if model.name == name then
        take(buf, model)
        return
      end
    end
    message.fail(('There is no model %s: choose one with :Cornerman model.'):format(name))
  end
  server.call('cornerman.models', nil, {
    buf = buf,
    on_result = function(result)
      choose(result.models)
    end,
  })
end

--- Open the server's log.
function M.log()
  vim.cmd.split(vim.fn.fnameescape(server.log_file()))
end

return M
