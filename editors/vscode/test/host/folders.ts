/** Two folders, `app` and `lib`, that are trusted. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { Switches } from '../../src/completion/switches.ts';
import { ServerCommand } from '../../src/names.ts';
import { openPlace } from '../../src/panel/places.ts';
import { asReferences } from '../../src/wire.ts';
import { actionsAt, fileAt, runCases, stateOf, until, type Case } from './cases.ts';

const CASES: readonly Case[] = [
    [
        'environments of every folder are looked at',
        (api) => {
            assert.equal(api.connection.state, 'running');
            assert.ok(existsSync(fileAt('.venv/bin/cornerman.was-run', 1).fsPath));
        },
    ],
    [
        'the file of settings of a folder counts, and the settings of the workspace more',
        async (api) => {
            const settings = vscode.workspace.getConfiguration('cornerman');
            assert.equal(settings.get('editor.preview'), 7);
            assert.equal(await stateOf(api), 'off');
            await settings.update('completion.enabled', true, vscode.ConfigurationTarget.Workspace);
            await until(async () => (await stateOf(api)) !== 'off', 'completions are on');
        },
    ],
    [
        'a pattern of files of one folder does not count in the other',
        async () => {
            const switches = new Switches();
            const silence = async (folder: number): Promise<string | undefined> =>
                switches.silence(
                    await vscode.workspace.openTextDocument(fileAt('generated/model.py', folder)),
                );
            assert.equal(await silence(0), undefined);
            assert.match((await silence(1)) ?? '', /\*\*\/generated\/\*\*/);
            switches.dispose();
        },
    ],
    [
        'actions are offered in each folder',
        async () => {
            assert.ok((await actionsAt(fileAt('add.py', 0))).length >= 3);
            assert.ok((await actionsAt(fileAt('stock.py', 1))).length >= 3);
        },
    ],
    [
        'a place in a text is found in whichever folder has it',
        async () => {
            await openPlace('stock.py', 4);
            const editor = vscode.window.activeTextEditor;
            assert.equal(editor?.document.uri.toString(), fileAt('stock.py', 1).toString());
            assert.equal(editor.selection.active.line, 3);
        },
    ],
    [
        'a question is answered from every folder',
        async (api) => {
            const question = 'What does restock_shelf do?';
            const answer = asReferences(await api.connection.run(ServerCommand.ask, { question }));
            const uris = answer.map((reference) => reference.uri);
            assert.ok(uris.includes(fileAt('stock.py', 1).toString()), uris.join(' '));
        },
    ],
];

export const run = (): Promise<void> => runCases(CASES);
