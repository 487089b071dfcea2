/** A folder that is not trusted, and that would turn everything off and have a program run. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { Switches } from '../../src/completion/switches.ts';
import { actionsAt, fileAt, runCases, stateOf, until, type Case } from './cases.ts';

const CASES: readonly Case[] = [
    [
        'the folder is not trusted, and the server runs',
        (api) => {
            assert.equal(vscode.workspace.isTrusted, false);
            assert.equal(api.connection.state, 'running');
        },
    ],
    [
        'no program of the folder was run',
        () => {
            assert.ok(existsSync(fileAt('.venv/bin/cornerman').fsPath));
            assert.ok(!existsSync(fileAt('.venv/bin/cornerman.was-run').fsPath));
        },
    ],
    [
        'settings of the folder do not count in the editor',
        async () => {
            const editor = vscode.workspace.getConfiguration('cornerman.editor', fileAt('add.py'));
            assert.equal(editor.get('preview'), 3);
            assert.deepEqual(editor.get('languages'), { '*': true });
            assert.deepEqual(editor.get('exclude'), []);
            const switches = new Switches();
            const document = await vscode.workspace.openTextDocument(fileAt('add.py'));
            assert.equal(switches.silence(document), undefined);
            switches.dispose();
        },
    ],
    [
        'nor on the server, where the user’s own do',
        async (api) => {
            assert.notEqual(await stateOf(api), 'off');
            const settings = vscode.workspace.getConfiguration('cornerman');
            await settings.update('completion.enabled', false, vscode.ConfigurationTarget.Global);
            await until(async () => (await stateOf(api)) === 'off', 'completions are off');
            await settings.update('completion.enabled', undefined, vscode.ConfigurationTarget.Global);
            await until(async () => (await stateOf(api)) !== 'off', 'completions are on again');
        },
    ],
    [
        'actions are offered all the same',
        async () => {
            assert.ok((await actionsAt(fileAt('add.py'))).length >= 3);
        },
    ],
];

export const run = (): Promise<void> => runCases(CASES);
