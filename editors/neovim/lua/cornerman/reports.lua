--- What the server tells about itself: why there was no suggestion, figures, models, the doctor.

local message = require('cornerman.message')
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
  local program = server.program()
  if not program then
    message.fail('The server was not found: run :Cornerman install, or set cmd in setup().')
    return
  end
  local shown = view.open(title)
  shown.append(('Running `cornerman %s` …'):format(table.concat(arguments, ' ')))
  local command = vim.list_extend(vim.deepcopy(program), arguments)
  vim.system(command, { text = true, env = { NO_COLOR = '1', COLUMNS = '84' } }, function(done)
    vim.schedule(function()
      shown.replace('```\n' .. vim.trim(done.stdout .. done.stderr) .. '\n```')
    end)
  end)
end

---@param model { name: string, title: string, sizeBytes: integer, installed: boolean, fit: string }
---@return string
local function described(model)
  local size = ('%.1f GB'):format(model.sizeBytes / 1e9)
  local state = model.inUse and 'in use' or (model.installed and 'installed' or size)
  local fit = ({ well = 'fits well', tight = 'tight', no = 'too big' })[model.fit] or model.fit
  return ('%s (%s, %s)'):format(model.title or model.name, state, fit)
end

--- Choose a model of the catalogue; one that is not here yet is fetched.
---@param buf integer
---@param name string|nil
function M.model(buf, name)
  local function pull(model)
    message.progress(('Fetching %s …'):format(model))
    server.call('cornerman.pull', { model = model }, {
      buf = buf,
      on_result = function(result)
        message.progress(('%s is installed.'):format(result.model))
      end,
    })
  end
  if name and name ~= '' then
    pull(name)
    return
  end
  server.call('cornerman.models', nil, {
    buf = buf,
    on_result = function(result)
      vim.ui.select(result.models, { prompt = 'Model', format_item = described }, function(model)
        if model and model.installed then
          message.show(('%s is installed.'):format(model.title or model.name))
        elseif model then
          pull(model.name)
        end
      end)
    end,
  })
end

--- Open the server's log.
function M.log()
  vim.cmd.split(vim.fn.fnameescape(server.log_file()))
end

return M
