--- What keys took while a macro was recorded, so that the macro writes the same again.
---
--- A macro holds keys, and the key that takes a suggestion finds none when the macro runs.

local M = {}

---@alias cornerman.Taken { text: string|nil }

---@type table<string, cornerman.Taken[]>
local recorded = {}
local replayed = 0

--- Note that a key is about to take something; its text is filled in by the caller.
---@return cornerman.Taken
function M.note()
  local taken = {}
  local register = vim.fn.reg_recording():lower()
  if register ~= '' then
    recorded[register] = recorded[register] or {}
    table.insert(recorded[register], taken)
  end
  return taken
end

---@return boolean
function M.is_running()
  return vim.fn.reg_executing() ~= ''
end

--- The text for the next press of a key in the macro that runs.
---@return string|nil # nil if the key took nothing while it was recorded
function M.next_text()
  local presses = recorded[vim.fn.reg_executing():lower()] or {}
  if #presses == 0 then
    return nil
  end
  replayed = replayed % #presses + 1
  return presses[replayed].text
end

---@param group integer of autocommands
function M.follow_editor(group)
  vim.api.nvim_create_autocmd('RecordingEnter', {
    group = group,
    callback = function()
      -- A register in capitals is appended to.
      local register = vim.fn.reg_recording()
      if register == register:lower() then
        recorded[register] = nil
      end
    end,
  })
  vim.api.nvim_create_autocmd('SafeState', {
    group = group,
    callback = function()
      replayed = 0
    end,
  })
end

return M
