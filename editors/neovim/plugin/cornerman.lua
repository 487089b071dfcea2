if vim.g.loaded_cornerman then
  return
end
vim.g.loaded_cornerman = true

vim.api.nvim_create_user_command('Cornerman', function(command)
  require('cornerman.command').run(command)
end, {
  nargs = '*',
  range = true,
  desc = 'Cornerman: explain, refactor, ask, and more',
  complete = function(lead, line)
    return require('cornerman.command').complete(lead, line)
  end,
})
