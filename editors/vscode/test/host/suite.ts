/** Runs inside the extension host, against the real server: what the workbench does not show. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Api } from '../../src/extension.ts';
import { Command, ServerCommand } from '../../src/names.ts';
import { asModels, asStatus } from '../../src/wire.ts';

type Case = readonly [name: string, run: (api: Api) => Promise<void>];

const root = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file('/');
const source = vscode.Uri.joinPath(root, 'add.py');

const CASES: readonly Case[] = [
    [
        'the server runs and has every command of the protocol',
        (api) => {
            assert.equal(api.connection.state, 'running');
            for (const command of Object.values(ServerCommand)) {
                assert.ok(api.connection.has(command), command);
            }
            return Promise.resolve();
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
        'the server tells its status and its models',
        async (api) => {
            assert.ok(asStatus(await api.connection.run(ServerCommand.status)));
            assert.ok(
                asModels(await api.connection.run(ServerCommand.models)).some((model) => model.installed),
            );
        },
    ],
    [
        'settings reach the server while it runs, and only those that are set',
        async (api) => {
            const settings = vscode.workspace.getConfiguration('cornerman');
            const state = async (): Promise<string> =>
                asStatus(await api.connection.run(ServerCommand.status))?.state ?? '';
            await settings.update('completion.enabled', false, vscode.ConfigurationTarget.Global);
            await until(async () => (await state()) === 'off', 'completions are off');
            await settings.update('completion.enabled', undefined, vscode.ConfigurationTarget.Global);
            await until(async () => (await state()) !== 'off', 'completions are on again');
        },
    ],
    [
        'code actions are offered for a function, and carry commands of the server',
        async () => {
            await vscode.workspace.openTextDocument(source);
            const place = new vscode.Range(0, 6, 0, 6);
            const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
                'vscode.executeCodeActionProvider',
                source,
                place,
                'refactor',
            );
            const ours = actions.filter((action) => action.kind?.value.includes('cornerman'));
            assert.ok(ours.length >= 3, `${ours.length} actions`);
            assert.ok(ours.every((action) => action.command?.command.startsWith('cornerman.')));
        },
    ],
    [
        'virtual documents are left alone',
        async () => {
            const document = await vscode.workspace.openTextDocument(
                vscode.Uri.parse('cornerman-preview:/x.py'),
            );
            const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
                'vscode.executeCodeActionProvider',
                document.uri,
                new vscode.Range(0, 0, 0, 0),
            );
            assert.equal(actions.filter((action) => action.kind?.value.includes('cornerman')).length, 0);
        },
    ],
];

/** The entry that VS Code calls; the result goes to a file of the workspace, too. */
export async function run(): Promise<void> {
    const results: string[] = [];
    const extension = vscode.extensions.getExtension<Api>('cornerman.cornerman');
    assert.ok(extension, 'the extension is there');
    const api = await extension.activate();
    await api.settled;
    for (const [name, test] of CASES) {
        try {
            await test(api);
            results.push(`ok ${name}`);
        } catch (error) {
            results.push(`not ok ${name}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
        }
    }
    writeFileSync(join(root.fsPath, 'results.txt'), results.join('\n'));
}

async function until(isTrue: () => Promise<boolean>, what: string): Promise<void> {
    const ending = Date.now() + 120_000;
    while (!(await isTrue())) {
        assert.ok(Date.now() < ending, `did not happen: ${what}`);
        await pause(100);
    }
}

async function pause(milliseconds: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
