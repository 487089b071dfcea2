/** Runs a command that makes an edit: question, progress, preview, consent, application. */
import * as vscode from 'vscode';
import { SECTION, ServerCommand } from '../names.ts';
import type { Connection } from '../server/connection.ts';
import { asOffer, record, text, type Offer } from '../wire.ts';
import { changesOf, linesChanged, versionsOf } from './edits.ts';
import { askForLine } from './instruction.ts';
import type { Preview } from './preview.ts';

const EDIT_COMMANDS: ReadonlyMap<string, string> = new Map([
    [ServerCommand.document, 'Writing documentation'],
    [ServerCommand.fix, 'Looking for a fix'],
    [ServerCommand.refactor, 'Refactoring'],
    [ServerCommand.test, 'Writing a test'],
    [ServerCommand.todo, 'Writing what the comment asks for'],
]);

const SHOW_ANYWAY = 'Show It Anyway';

export function makesEdit(command: string): boolean {
    return EDIT_COMMANDS.has(command);
}

export class Edits {
    readonly #connection: Connection;
    readonly #preview: Preview;
    readonly #memento: vscode.Memento;

    constructor(connection: Connection, preview: Preview, memento: vscode.Memento) {
        this.#connection = connection;
        this.#preview = preview;
        this.#memento = memento;
    }

    /** Does all of it; `argument` is the one object of the server's command. Failures are shown. */
    async run(command: string, argument: object): Promise<void> {
        const complete = await this.#withInstruction(command, argument);
        if (!complete) {
            return;
        }
        try {
            let offer = asOffer(await this.#made(command, complete));
            if (offer?.status === 'refused' && (await wantsItAnyway(offer))) {
                offer = asOffer(await this.#made(command, { ...complete, takesUnverified: true }));
            }
            if (offer?.status === 'offered' && offer.edit) {
                await this.#take(offer, offer.edit);
            }
        } catch (error) {
            if (!(error instanceof vscode.CancellationError)) {
                void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
            }
        }
    }

    async #withInstruction(command: string, argument: object): Promise<object | undefined> {
        const { kind, instruction } = record(argument);
        if (command !== ServerCommand.refactor || kind !== 'instruction' || text(instruction)) {
            return argument;
        }
        const line = await askForLine(this.#memento, {
            title: 'Refactor with Cornerman',
            placeholder: 'What shall be done? For example: return early instead of nesting',
            key: 'instructions',
        });
        return line ? { ...argument, instruction: line } : undefined;
    }

    async #made(command: string, argument: object): Promise<unknown> {
        const title = `Cornerman: ${EDIT_COMMANDS.get(command) ?? 'Working'}`;
        const where = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
        return await vscode.window.withProgress(where, async (progress, token) => {
            const made = await this.#connection.run(
                command,
                { ...argument, apply: false },
                {
                    token,
                    onProgress: (message) => {
                        progress.report({ message });
                    },
                },
            );
            if (token.isCancellationRequested) {
                throw new vscode.CancellationError();
            }
            return made;
        });
    }

    async #take(offer: Offer, edit: NonNullable<Offer['edit']>): Promise<void> {
        const limit = vscode.workspace.getConfiguration(`${SECTION}.editor`).get('preview', 3);
        const changes = changesOf(edit);
        const isLarge = changes.reduce((sum, change) => sum + linesChanged(change.edits), 0) > limit;
        const isDoubtful = changes.length > 1 || offer.warning !== '';
        const converted = await this.#connection.client?.protocol2CodeConverter.asWorkspaceEdit(edit);
        if (!converted || ((isLarge || isDoubtful) && !(await this.#preview.confirm(offer)))) {
            return;
        }
        if (!isCurrent(edit)) {
            throw new Error('The file has changed since; run the command again.');
        }
        if (!(await vscode.workspace.applyEdit(converted, { isRefactoring: true }))) {
            throw new Error('The editor has not taken the edit; run the command again.');
        }
        const first = changes[0];
        if (first) {
            await vscode.window.showTextDocument(vscode.Uri.parse(first.uri));
        }
        vscode.window.setStatusBarMessage(`$(check) ${offer.title}`, 5_000);
    }
}

/** Tells why there is no edit. True when the user wants to see the one that failed a check. */
async function wantsItAnyway(offer: Offer): Promise<boolean> {
    const choices = offer.checks.length > 0 ? [SHOW_ANYWAY] : [];
    return (await vscode.window.showWarningMessage(offer.reason, ...choices)) === SHOW_ANYWAY;
}

/** False when an open document is not the one that the edit was made for. */
function isCurrent(edit: NonNullable<Offer['edit']>): boolean {
    return [...versionsOf(edit)].every(([uri, version]) => {
        const wanted = vscode.Uri.parse(uri).toString();
        const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === wanted);
        return document === undefined || document.version === version;
    });
}
