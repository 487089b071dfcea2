/** One folder that is trusted: what the workbench does not show. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { neededModel } from '../../src/models/choices.ts';
import { Command, ServerCommand } from '../../src/names.ts';
import { openPlace } from '../../src/panel/places.ts';
import { asModels, asStatus } from '../../src/wire.ts';
import { actionsAt, fileAt, runCases, stateOf, until, type Case } from './cases.ts';

const CASES: readonly Case[] = [
    [
        'the server runs and has every command of the protocol',
        (api) => {
            assert.equal(api.connection.state, 'running');
            for (const command of Object.values(ServerCommand)) {
                assert.ok(api.connection.has(command), command);
            }
        },
    ],
    [
        'every command of the manifest is there',
        async () => {
            const all = new Set(await vscode.commands.getCommands(true));
            for (const command of Object.values(Command)) {
                assert.ok(all.has(command), command);
            }
        },
    ],
    [
        'a model that is installed is used, and none is offered',
        async (api) => {
            const models = asModels(await api.connection.run(ServerCommand.models));
            assert.ok(models.find((model) => model.inUse)?.installed);
            assert.equal(neededModel(await api.connection.status(), models), undefined);
        },
    ],
    [
        'the server tells its status',
        async (api) => {
            assert.ok(asStatus(await api.connection.run(ServerCommand.status))?.model);
        },
    ],
    [
        'settings reach the server while it runs, and only those that are set',
        async (api) => {
            const settings = vscode.workspace.getConfiguration('cornerman');
            await settings.update('completion.enabled', false, vscode.ConfigurationTarget.Global);
            await until(async () => (await stateOf(api)) === 'off', 'completions are off');
            await settings.update('completion.enabled', undefined, vscode.ConfigurationTarget.Global);
            await until(async () => (await stateOf(api)) !== 'off', 'completions are on again');
        },
    ],
    [
        'a path of the server that does not work stops it, and a better one starts it, whatever is answered',
        async (api) => {
            const settings = vscode.workspace.getConfiguration('cornerman.server');
            const is = (state: string) => () => Promise.resolve(api.connection.state === state);
            await settings.update('path', '/nowhere/cornerman', vscode.ConfigurationTarget.Global);
            await until(is('stopped'), 'the server is stopped');
            await settings.update('path', undefined, vscode.ConfigurationTarget.Global);
            await until(is('running'), 'the server is started');
        },
    ],
    [
        'code actions are offered for a function, and carry commands of the server',
        async () => {
            const actions = await actionsAt(fileAt('add.py'));
            assert.ok(actions.length >= 3, `${actions.length} actions`);
            assert.ok(actions.every((action) => action.command?.command.startsWith('cornerman.')));
        },
    ],
    [
        'virtual documents are left alone',
        async () => {
            assert.deepEqual(await actionsAt(vscode.Uri.parse('cornerman-preview:/x.py')), []);
        },
    ],
    [
        'a place in a text is opened at its line',
        async () => {
            await openPlace('add.py', 3);
            const editor = vscode.window.activeTextEditor;
            assert.equal(editor?.document.uri.toString(), fileAt('add.py').toString());
            assert.equal(editor.selection.active.line, 2);
        },
    ],
];

export const run = (): Promise<void> => runCases(CASES);
