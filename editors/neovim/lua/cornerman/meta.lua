---@meta

-- Written by `cornerman settings neovim`.

---@class cornerman.Settings
---@field model? string Model for completions: a name of `cornerman models list`, the absolute path of a GGUF file or MLX folder, or auto for the best installed one on this machine.
---@field chat_model? string Model for explanations, refactorings and answers; auto for the same model, if it can chat. Another one means loading it whenever you change between the two.
---@field completion? cornerman.SettingsCompletion
---@field actions? cornerman.SettingsActions
---@field context? cornerman.SettingsContext
---@field engine? cornerman.SettingsEngine
---@field statistics? cornerman.SettingsStatistics

---@class cornerman.SettingsCompletion
---@field enabled? boolean Offer inline completions.
---@field latency_budget_ms? cornerman.SettingsCompletionLatencyBudgetMs
---@field confidence? cornerman.SettingsCompletionConfidence
---@field max_line_tokens? integer Token limit of a single-line suggestion.
---@field max_block_tokens? integer Token limit of a suggestion of several lines.
---@field block_time_ms? integer Time to write a suggestion of several lines; its whole lines are shown then.
---@field prefix_lines? integer Lines before the cursor that the model sees, at most.
---@field suffix_lines? integer Lines after the cursor that the model sees, at most.
---@field deadline_ms? integer An unanswered request is answered empty by then.
---@field candidates? integer Suggestions to choose from when one is asked for by hand, at most.
---@field popup? boolean Offer suggestions in the list of completions as well, for editors that have no inline completion. Read when the server starts.

---@class cornerman.SettingsCompletionLatencyBudgetMs
---@field new_region? integer Time to read the code around the cursor before the first suggestion in a new place.
---@field typing? integer Time to read more of it, in the background while you rest there; 0 for never. Suggestions see it from then on while you type.

---@class cornerman.SettingsCompletionConfidence
---@field line? number That a suggestion of one line is right as a whole, if it comes by itself.
---@field block? number That one of several lines is.
---@field beginning? number That the beginning of a less likely suggestion is; that much of it is shown.
---@field word? number That the next word of a line is right. Before a less likely one a suggestion ends that comes by itself; what follows is suggested once it is taken. 0 suggests whole lines.
---@field pause? number That a line of a suggestion is right that comes when you pause.
---@field invoked? number That a suggestion is right that you have asked for by hand.

---@class cornerman.SettingsActions
---@field enabled? boolean Offer code actions.
---@field candidates? integer Answers to try before an action gives up; the first that passes is offered.
---@field max_lines? integer Longest code that is rewritten at once, in lines.
---@field explain_tokens? integer Token limit of an explanation.
---@field prompts? string Folder with prompts of your own, named as the shipped ones: explain.md, …

---@class cornerman.SettingsContext
---@field enabled? boolean Show the model related code of other files of the workspace.
---@field index? boolean Keep an index of the workspace, made in the background and stored privately on this machine.
---@field max_tokens? integer Tokens of other files in a prompt, at most; fewer on a slow machine.
---@field exclude? string[] Files whose code is never shown to the model nor indexed, in the form of .gitignore. What .gitignore lists and files of keys and passwords are left out anyway.
---@field max_file_kib? integer Larger files are not indexed, in KiB.

---@class cornerman.SettingsEngine
---@field url? string OpenAI-compatible server to use instead of an engine on this machine. Prompts, which hold your source code, are sent there.
---@field remote_model? string Name of the model on that server, if it is not the name in model.
---@field api_key_file? string File that holds the key for that server.
---@field api_key_env? string Environment variable that holds the key, if there is no key file.
---@field context_tokens? integer Size of the KV cache, in tokens.
---@field threads? integer CPU threads; chosen for the machine when not set.
---@field backend? "auto"|"llama.cpp"|"mlx" Library that runs the model: mlx on Apple silicon, else llama.cpp.
---@field memory_limit_mib? integer Memory the engine may use, in MiB; a share of the machine's when not set.
---@field low_priority? boolean Run the engine only when other programs leave the processor idle.
---@field save_battery? boolean Use half of the processor's cores for a model that is loaded on battery.
---@field unload_after_minutes? number The model's memory is freed after this long without a request.
---@field exit_after_minutes? number The engine leaves after this long without a request.

---@class cornerman.SettingsStatistics
---@field enabled? boolean Count what is shown, accepted and kept, for cornerman stats.
