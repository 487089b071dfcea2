/** Middleware that gives the server's commands, as code actions carry them, the interface of this editor. */
import type { Middleware } from 'vscode-languageclient/node';
import { makesEdit, type Edits } from '../actions/edit.ts';
import { ask, explain, type Parts } from '../commands.ts';
import type { Models } from '../models/models.ts';
import { ServerCommand } from '../names.ts';
import { record, text } from '../wire.ts';

export function interception(parts: Parts & { readonly edits: Edits; readonly models: Models }): Middleware {
    return {
        // What carries a command is complete; the edit is made when the command runs.
        resolveCodeAction: (action, token, next) => (action.command ? action : next(action, token)),
        executeCommand: async (command, args: unknown[], next) => {
            const argument = record(args[0]);
            if (makesEdit(command)) {
                await parts.edits.run(command, argument);
                return undefined;
            }
            switch (command) {
                case ServerCommand.explain:
                    await explain(parts, argument);
                    return undefined;
                case ServerCommand.ask:
                    await ask(parts, argument);
                    return undefined;
                case ServerCommand.pull: {
                    const model = text(argument['model']);
                    await parts.models.download(model || undefined, model || 'the recommended model');
                    return undefined;
                }
                default:
                    return await Promise.resolve(next(command, args) as unknown);
            }
        },
    };
}
