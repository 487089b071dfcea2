--- What can be done to code: each runs a command of the server and shows what comes of it.

local compat = require('cornerman.compat')
local config = require('cornerman.config')
local cursor = require('cornerman.cursor')
local message = require('cornerman.message')
local view = require('cornerman.view')

local M = {}

--- Asked for late, because the server's configuration needs the commands of this file.
local function server()
  return require('cornerman.server')
end

---@class cornerman.Place
---@field buf integer
---@field first integer line from 0
---@field last integer line from 0, included
---@field is_range boolean

---@return cornerman.Place
function M.here()
  local row = cursor.position()
  return { buf = vim.api.nvim_get_current_buf(), first = row, last = row, is_range = false }
end

---@param place cornerman.Place
---@return 'utf-8'|'utf-16'|'utf-32'
local function encoding_of(place)
  local client = server().client(place.buf)
  return client and client.offset_encoding or 'utf-16'
end

---@param place cornerman.Place
---@return lsp.Position
local function cursor_position(place)
  local row, column = cursor.position()
  local line = vim.api.nvim_get_current_line()
  return { line = row, character = compat.character(line, column, encoding_of(place)) }
end

---@param place cornerman.Place
---@return lsp.Range
local function range_of(place)
  local last = vim.api.nvim_buf_get_lines(place.buf, place.last, place.last + 1, false)[1] or ''
  return {
    start = { line = place.first, character = 0 },
    ['end'] = { line = place.last, character = compat.character(last, #last, encoding_of(place)) },
  }
end

--- Run a command whose answer is text, in a window; closing the window ends the work.
---@param title string
---@param command string
---@param argument table
---@param buf integer
---@param finish (fun(result: table): string)|nil more text for the end
local function stream(title, command, argument, buf, finish)
  local cancel
  local shown = view.open(title, function()
    if cancel then
      cancel()
    end
  end)
  local has_text = false
  cancel = server().call(command, argument, {
    buf = buf,
    on_text = function(text)
      has_text = has_text or text ~= ''
      shown.append(text)
    end,
    on_result = function(result)
      cancel = nil
      if not has_text then
        shown.replace(result.text or '')
      end
      shown.append(finish and finish(result) or '')
    end,
    on_failure = function(sentence)
      cancel = nil
      shown.append((has_text and '\n\n' or '') .. sentence)
    end,
  })
end

---@param argument { uri: string }
---@param buf integer
local function run_explain(argument, buf)
  stream('Explain', 'cornerman.explain', argument, buf)
end

---@param place cornerman.Place
function M.explain(place)
  local argument = { uri = vim.uri_from_bufnr(place.buf), position = cursor_position(place) }
  argument.range = place.is_range and range_of(place) or nil
  run_explain(argument, place.buf)
end

---@param result { citations: { path: string, line: integer, endLine: integer }[]|nil }
---@return string # Markdown
local function sources(result)
  local lines = {}
  for _, citation in ipairs(result.citations or {}) do
    lines[#lines + 1] = ('- %s:%d'):format(citation.path, citation.line)
  end
  return #lines > 0 and '\n\nSources (`gF` opens one):\n\n' .. table.concat(lines, '\n') or ''
end

--- Ask a question about the project.
---@param question string|nil nil: the user is asked for it
---@param buf integer
function M.ask(question, buf)
  if question and question ~= '' then
    local argument = { question = question, uri = vim.uri_from_bufnr(buf) }
    stream('Ask', 'cornerman.ask', argument, buf, sources)
    return
  end
  vim.ui.input({ prompt = 'Ask about this project: ' }, function(answer)
    if answer and answer ~= '' then
      M.ask(answer, buf)
    end
  end)
end

---@class cornerman.Offer
---@field status 'offered'|'applied'|'refused'
---@field title string
---@field reason string
---@field edit lsp.WorkspaceEdit|nil
---@field warning string|nil
---@field checks { name: string, passed: boolean, detail: string }[]|nil

---@param made cornerman.Offer
---@return string[]
local function notes_of(made)
  local notes = { made.warning ~= '' and made.warning or nil }
  for _, check in ipairs(made.checks or {}) do
    local detail = check.detail ~= '' and ': ' .. check.detail or ''
    notes[#notes + 1] = (check.passed and 'passed: ' or 'failed: ') .. check.name .. detail
  end
  return notes
end

---@param made cornerman.Offer
---@param place_buf integer
---@param tick integer of that buffer when the edit was asked for
local function show_offer(made, place_buf, tick)
  if made.status == 'refused' or type(made.edit) ~= 'table' then
    message.warn(made.reason ~= '' and made.reason or 'There is no edit to offer.')
    return
  end
  if vim.api.nvim_buf_get_changedtick(place_buf) ~= tick then
    message.warn('The file has changed since: ask for the edit again.')
    return
  end
  local client = server().client(place_buf)
  local encoding = client and client.offset_encoding or 'utf-16'
  local changes = require('cornerman.edits').changes(made.edit, encoding)
  require('cornerman.review').open(made.title, changes, notes_of(made))
end

--- Run a command whose answer is an edit, and show it for review.
---@param command string
---@param argument table
---@param buf integer
local function offer(command, argument, buf)
  local tick = vim.api.nvim_buf_get_changedtick(buf)
  argument = vim.tbl_extend('force', argument, { apply = not config.current.preview })
  server().call(command, argument, {
    buf = buf,
    on_result = function(result)
      if result.status ~= 'applied' then
        show_offer(result, buf, tick)
      end
    end,
  })
end

---@param place cornerman.Place
---@return table
local function argument_of(place)
  return { uri = vim.uri_from_bufnr(place.buf), range = range_of(place) }
end

local KINDS = {
  'simplify',
  'improve-names',
  'extract-function',
  'add-types',
  'modernize',
  'convert-loop',
}
M.refactor_kinds = KINDS

---@param argument table
---@param buf integer
local function refactor(argument, buf)
  if argument.kind and argument.kind ~= 'instruction' or argument.instruction then
    offer('cornerman.refactor', argument, buf)
    return
  end
  vim.ui.input({ prompt = 'Refactor: ' }, function(instruction)
    if instruction and instruction ~= '' then
      argument.kind, argument.instruction = 'instruction', instruction
      offer('cornerman.refactor', argument, buf)
    end
  end)
end

---@param place cornerman.Place
---@param words string a kind or an instruction; "": the user is asked
function M.refactor(place, words)
  local argument = argument_of(place)
  if vim.tbl_contains(KINDS, words) then
    argument.kind = words
  elseif words ~= '' then
    argument.instruction = words
  end
  refactor(argument, place.buf)
end

---@param place cornerman.Place
function M.document(place)
  offer('cornerman.document', argument_of(place), place.buf)
end

---@param place cornerman.Place
function M.test(place)
  offer('cornerman.test', argument_of(place), place.buf)
end

---@param found vim.Diagnostic
---@param place cornerman.Place
---@return table # an LSP diagnostic
local function as_lsp(found, place)
  local original = found.user_data and found.user_data.lsp
  local encoding = encoding_of(place)
  local function position(row, column)
    local line = vim.api.nvim_buf_get_lines(place.buf, row, row + 1, false)[1] or ''
    return { line = row, character = compat.character(line, column, encoding) }
  end
  return {
    range = {
      start = position(found.lnum, found.col),
      ['end'] = position(found.end_lnum or found.lnum, found.end_col or found.col),
    },
    message = found.message,
    severity = found.severity,
    source = found.source,
    code = original and original.code or found.code,
  }
end

--- Fix the first problem in the lines of {place}.
---@param place cornerman.Place
function M.fix(place)
  for _, found in ipairs(vim.diagnostic.get(place.buf)) do
    if found.lnum >= place.first and found.lnum <= place.last then
      local uri = vim.uri_from_bufnr(place.buf)
      local argument = { uri = uri, diagnostic = as_lsp(found, place) }
      offer('cornerman.fix', argument, place.buf)
      return
    end
  end
  message.show('There is no problem reported here.')
end

---@alias cornerman.ClientCommand fun(command: lsp.Command, context: { bufnr: integer })

---@param run fun(argument: table, buf: integer)
---@return cornerman.ClientCommand
local function from_code_action(run)
  return function(command, context)
    run(command.arguments[1], context.bufnr)
  end
end

---@param name string
---@return cornerman.ClientCommand
local function offering(name)
  return from_code_action(function(argument, buf)
    offer(name, argument, buf)
  end)
end

--- Commands of code actions that this editor runs itself, to show what comes of them.
---@type table<string, cornerman.ClientCommand>
M.client_commands = {
  ['cornerman.explain'] = from_code_action(run_explain),
  ['cornerman.refactor'] = from_code_action(refactor),
  ['cornerman.fix'] = offering('cornerman.fix'),
  ['cornerman.document'] = offering('cornerman.document'),
  ['cornerman.test'] = offering('cornerman.test'),
  ['cornerman.todo'] = offering('cornerman.todo'),
}

return M
