--- What can be set in `setup`, and its defaults. `meta.lua` has the settings of the server.

---@class cornerman.Keymaps
---@field accept string|false Take the whole suggestion.
---@field accept_word string|false Take its next word.
---@field accept_line string|false Take its next line.
---@field next string|false Show the next candidate; asks for several at the first time.
---@field previous string|false Show the previous candidate.
---@field dismiss string|false Hide the suggestion until the cursor moves.
---@field trigger string|false Ask for a suggestion now.

---@class cornerman.InstallOptions
---@field python string Python 3.10 or newer that makes the virtual environment.
---@field ['package'] string What pip installs: a name, a version, a folder or a URL.

---@class cornerman.Config
---@field cmd string[]|nil Starts the server; nil: `cornerman` of PATH, else the installed copy.
---@field enabled boolean Offer suggestions.
---@field filetypes table<string, boolean> Where there are suggestions; `['*']` is the rest.
---@field root_markers string[] Files that mark the root of a project.
---@field settings cornerman.Settings Settings of the server.
---@field ghost_text 'auto'|'builtin'|'own' Who draws: Neovim 0.12, or the plugin; auto: who can.
---@field debounce_ms integer Pause after a key before the plugin asks (Neovim waits for 200).
---@field keymaps cornerman.Keymaps|false Keys of insert mode; false: none.
---@field preview boolean Show edits as a diff before they are applied.
---@field view 'split'|'float' Where explanations and answers are shown.
---@field log_level 'debug'|'info'|'warning'|'error' What the server writes into its log.
---@field notify boolean Tell about progress with `vim.notify`.
---@field install cornerman.InstallOptions

local M = {}

---@type cornerman.Config
M.defaults = {
  cmd = nil,
  enabled = true,
  filetypes = { ['*'] = true, gitcommit = false, help = false, text = false },
  root_markers = { '.git', 'pyproject.toml', 'package.json', 'Cargo.toml', 'go.mod' },
  settings = {},
  ghost_text = 'auto',
  debounce_ms = 20,
  keymaps = {
    accept = '<Tab>',
    accept_word = '<M-w>',
    accept_line = '<M-l>',
    next = '<M-]>',
    previous = '<M-p>',
    dismiss = '<C-]>',
    trigger = '<M-\\>',
  },
  preview = true,
  view = 'float',
  log_level = 'info',
  notify = true,
  install = { python = 'python3', package = 'cornerman' },
}

---@type cornerman.Config
M.current = vim.deepcopy(M.defaults)

local CHOICES = {
  ghost_text = { 'auto', 'builtin', 'own' },
  view = { 'split', 'float' },
  log_level = { 'debug', 'info', 'warning', 'error' },
}

--- Tables that are used key by key.
local NESTED = { keymaps = true, install = true }

---@param value any
---@return boolean
local function is_command(value)
  return vim.islist(value)
    and #value > 0
    and vim.iter(value):all(function(word)
      return type(word) == 'string'
    end)
end

---@param name string
---@param value any
---@param default any
---@return string|nil problem
local function problem_of(name, value, default)
  if name == 'cmd' then
    return not is_command(value) and "cmd must be a list such as { 'cornerman' }." or nil
  end
  if default == nil then
    return ('there is no option %s; see :help cornerman-options.'):format(name)
  end
  local choices = CHOICES[name]
  if choices and not vim.tbl_contains(choices, value) then
    return ('%s must be one of: %s.'):format(name, table.concat(choices, ', '))
  end
  local is_turned_off = value == false and vim.startswith(name, 'keymaps')
  if type(value) ~= type(default) and not is_turned_off then
    return ('%s must be a %s.'):format(name, type(default))
  end
end

--- What of {given} can be used in place of {defaults}.
---@param given table
---@param defaults table
---@param prefix string of names in {problems}
---@param problems string[] gets one sentence for each value that is left out
---@return table
local function usable(given, defaults, prefix, problems)
  local good = {}
  for key, value in pairs(given) do
    local name = prefix .. key
    local problem = problem_of(name, value, defaults[key])
    if problem then
      problems[#problems + 1] = problem
    elseif NESTED[name] and value then
      good[key] = usable(value, defaults[key], name .. '.', problems)
    else
      good[key] = value
    end
  end
  return good
end

--- Use {options} on top of the defaults. An option that cannot be used is left out and reported.
---@param options table|nil
---@return string[] problems one sentence each
function M.apply(options)
  local problems = {}
  local good = usable(options or {}, M.defaults, '', problems)
  M.current = vim.tbl_deep_extend('force', M.defaults, good)
  table.sort(problems)
  return problems
end

return M
