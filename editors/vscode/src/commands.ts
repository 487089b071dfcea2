/** What the palette and the editor's menu start: explanations, questions, refactorings. */
import * as vscode from 'vscode';
import type { Position, Range } from 'vscode-languageclient/node';
import { askForLine } from './actions/instruction.ts';
import type { Edits } from './actions/edit.ts';
import { Command, ServerCommand } from './names.ts';
import type { Panel } from './panel/panel.ts';
import type { Connection } from './server/connection.ts';
import { asReferences, record, text } from './wire.ts';

export interface Parts {
    readonly context: vscode.ExtensionContext;
    readonly connection: Connection;
    readonly panel: Panel;
    readonly edits: Edits;
}

export function registerEditorCommands(parts: Parts): vscode.Disposable {
    const { edits } = parts;
    return vscode.Disposable.from(
        vscode.commands.registerTextEditorCommand(Command.explainHere, (editor) => {
            const { uri, range } = placeOf(editor);
            const where = editor.selection.isEmpty ? { position: range.end } : { range };
            void explain(parts, { uri, ...where });
        }),
        vscode.commands.registerTextEditorCommand(Command.refactorWithInstruction, (editor) => {
            void edits.run(ServerCommand.refactor, { ...placeOf(editor), kind: 'instruction' });
        }),
        vscode.commands.registerCommand(Command.refactorHere, async () => {
            await vscode.commands.executeCommand('editor.action.codeAction', {
                kind: 'refactor',
                apply: 'never',
            });
        }),
        vscode.commands.registerCommand(Command.askWorkspace, () => ask(parts)),
    );
}

/** Explains in the panel; `argument` is the one of the server's command. */
export async function explain(parts: Parts, argument: object): Promise<void> {
    const uri = text(record(argument)['uri']);
    const name = vscode.workspace.asRelativePath(vscode.Uri.parse(uri));
    await parts.panel.show(`Explain ${name}`, async (onText, token) => {
        const result = await parts.connection.run(ServerCommand.explain, argument, { onText, token });
        return { text: text(record(result)['text']), references: asReferences(result) };
    });
}

/** Asks the user for a question and answers it in the panel. */
export async function ask(parts: Parts, argument: object = {}): Promise<void> {
    const question =
        text(record(argument)['question']) ||
        (await askForLine(parts.context.workspaceState, {
            title: 'Ask about this workspace',
            placeholder: 'For example: where are settings read?',
            key: 'questions',
        }));
    if (!question) {
        return;
    }
    const uri = vscode.window.activeTextEditor?.document.uri;
    const from = uri?.scheme === 'file' ? { uri: uri.toString() } : {};
    await parts.panel.show(question, async (onText, token) => {
        const run = { onText, token };
        const result = await parts.connection.run(ServerCommand.ask, { ...from, ...argument, question }, run);
        return { text: text(record(result)['text']), references: asReferences(result) };
    });
}

function placeOf(editor: vscode.TextEditor): { uri: string; range: Range } {
    const { start, end } = editor.selection;
    const plain = ({ line, character }: vscode.Position): Position => ({ line, character });
    return { uri: editor.document.uri.toString(), range: { start: plain(start), end: plain(end) } };
}
