/** A suggestion that the model was not loaded in time for: asked for again when it is, if nothing has moved. */
import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';
import type { Connection } from '../server/connection.ts';
import type { ServerState } from '../wire.ts';
import { Waiting } from './waiting.ts';

type Ask = Parameters<NonNullable<Middleware['provideInlineCompletionItems']>>[4];

export class LateSuggestions implements vscode.Disposable {
    readonly #waiting = new Waiting();
    readonly #subscriptions: vscode.Disposable;
    #state: ServerState | undefined;

    constructor(connection: Pick<Connection, 'onState' | 'onStatus'>) {
        this.#subscriptions = vscode.Disposable.from(
            connection.onState(() => {
                this.#enter(undefined);
            }),
            connection.onStatus(({ state }) => {
                this.#enter(state);
            }),
        );
    }

    /** `ask`, with a note of the place of an empty answer. */
    watching(ask: Ask): Ask {
        return async (document, position, context, token) => {
            const answer = await ask(document, position, context, token);
            const isEmpty = !answer || (Array.isArray(answer) ? answer : answer.items).length === 0;
            const isOpen = isEmpty && !token.isCancellationRequested;
            this.#waiting.answered(isOpen ? placeOf(document, position) : undefined, this.#state);
            return answer;
        };
    }

    dispose(): void {
        this.#subscriptions.dispose();
    }

    #enter(state: ServerState | undefined): void {
        this.#state = state;
        const editor = vscode.window.activeTextEditor;
        const here = editor && placeOf(editor.document, editor.selection.active);
        if (this.#waiting.isDue(state, here)) {
            void vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
        }
    }
}

function placeOf(document: vscode.TextDocument, position: vscode.Position): string {
    return `${document.uri.toString()} ${document.version} ${position.line} ${position.character}`;
}
