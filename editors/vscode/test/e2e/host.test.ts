/** The suites of test/host, each in the extension host of a workbench with a workspace of its kind. */
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { PATIENCE_MS, runInHost } from './support/extension_host.ts';
import { Machine } from './support/machine.ts';

const ADD = 'def add(a, b):\n    """The sum of a and b."""\n    return ';
const STOCK = `"""What a shop has in stock."""


def restock_shelf(shelf, goods):
    """Puts goods on a shelf, the oldest first."""
    shelf.extend(sorted(goods))
`;
/** Leaves a mark beside itself when it is run; it is no server. */
const TRAP = '#!/bin/sh\n: > "$0.was-run"\nexit 1\n';
const SILENT = 'completion.enabled = false\n';
const TIMEOUT = { timeout: PATIENCE_MS + 60_000 };

let machine: Machine;

afterEach(() => {
    machine.remove();
});

test('one folder', TIMEOUT, async () => {
    machine = new Machine({ hasModels: true, hasServer: true, files: { 'add.py': ADD } });
    machine.writeSettings({});
    await runInHost('everyday', 9, {
        machine,
        workspace: machine.workspace,
        flags: ['--disable-workspace-trust'],
    });
});

test('several folders', TIMEOUT, async () => {
    machine = new Machine({
        hasModels: true,
        hasServer: true,
        files: {
            'both.code-workspace': JSON.stringify({
                folders: [{ path: 'app' }, { path: 'lib' }],
                settings: { 'cornerman.editor.preview': 7 },
            }),
            'app/add.py': ADD,
            'app/generated/model.py': ADD,
            'lib/stock.py': STOCK,
            'lib/generated/model.py': ADD,
            'lib/.vscode/settings.json': JSON.stringify({ 'cornerman.editor.exclude': ['**/generated/**'] }),
            'lib/.cornerman.toml': SILENT,
            'lib/.venv/bin/cornerman': TRAP,
        },
    });
    machine.writeSettings({});
    await runInHost('folders', 6, {
        machine,
        workspace: join(machine.workspace, 'both.code-workspace'),
        flags: ['--disable-workspace-trust'],
    });
});

test('a folder that is not trusted', TIMEOUT, async () => {
    const settings = {
        'cornerman.completion.enabled': false,
        'cornerman.editor.languages': { '*': false },
        'cornerman.editor.exclude': ['**'],
        'cornerman.editor.preview': 9999,
    };
    machine = new Machine({
        hasModels: true,
        hasServer: true,
        files: {
            'add.py': ADD,
            '.vscode/settings.json': JSON.stringify(settings),
            '.cornerman.toml': SILENT,
            '.venv/bin/cornerman': TRAP,
        },
    });
    machine.writeSettings({ 'security.workspace.trust.startupPrompt': 'never' });
    await runInHost('restricted', 5, { machine, workspace: machine.workspace });
});
