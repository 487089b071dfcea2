std = 'luajit'
cache = false
max_line_length = 100
max_code_line_length = 100
max_cyclomatic_complexity = 10
read_globals = { 'vim' }
-- Options and variables of Neovim are assigned through fields of `vim`.
globals = { 'vim.bo', 'vim.wo', 'vim.b', 'vim.g', 'vim.o' }
-- Written by `cornerman settings neovim`.
exclude_files = { 'lua/cornerman/meta.lua' }
