/** Runs cases inside the extension host, against the real server. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { Api } from '../../src/extension.ts';
import { ServerCommand } from '../../src/names.ts';
import { asStatus, type ServerState } from '../../src/wire.ts';

export type Case = readonly [name: string, run: (api: Api) => Promise<void> | void];

/** Runs every case once the extension has settled; how they ended goes to a file that the environment names. */
export async function runCases(cases: readonly Case[]): Promise<void> {
    const results: string[] = [];
    const extension = vscode.extensions.getExtension<Api>('cornerman.cornerman');
    assert.ok(extension, 'the extension is there');
    const api = await extension.activate();
    await api.settled;
    for (const [name, test] of cases) {
        try {
            await test(api);
            results.push(`ok ${name}`);
        } catch (error) {
            results.push(`not ok ${name}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
        }
    }
    writeFileSync(process.env['CORNERMAN_TEST_RESULTS'] ?? '', results.join('\n'));
}

/** The file at a path of a folder of the workspace, by its number. */
export function fileAt(path: string, folder = 0): vscode.Uri {
    const root = vscode.workspace.workspaceFolders?.[folder]?.uri;
    assert.ok(root, `folder ${folder}`);
    return vscode.Uri.joinPath(root, path);
}

export async function stateOf(api: Api): Promise<ServerState | undefined> {
    return asStatus(await api.connection.run(ServerCommand.status))?.state;
}

/** Cornerman's actions of a kind at the name of a function in the first line of `uri` that has one. */
export async function actionsAt(uri: vscode.Uri): Promise<vscode.CodeAction[]> {
    const document = await vscode.workspace.openTextDocument(uri);
    const place = document.positionAt(document.getText().indexOf('def ') + 'def '.length);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        uri,
        new vscode.Range(place, place),
        'refactor',
    );
    return actions.filter((action) => action.kind?.value.includes('cornerman'));
}

/** For what no event tells. */
export async function until(isTrue: () => Promise<boolean>, what: string): Promise<void> {
    const ending = Date.now() + 120_000;
    while (!(await isTrue())) {
        assert.ok(Date.now() < ending, `did not happen: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
}
