import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { install, InstallError, type Installation, type Runner } from '../../src/server/installer.ts';

let root: string;
let steps: string[];
let wanted: Installation;

beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'cornerman-installer-'));
    steps = [];
    wanted = {
        folder: join(root, 'server'),
        package: 'cornerman',
        platform: 'linux',
        signal: new AbortController().signal,
        onStep: (step) => steps.push(step),
        onLine: () => undefined,
    };
});

afterEach(() => {
    rmSync(root, { recursive: true, force: true });
});

/** A machine where the named programs work, and which notes what was run, and in which folders. */
function machine(isWorking: (line: string) => boolean): {
    runner: Runner;
    lines: string[];
    folders: Set<string>;
} {
    const lines: string[] = [];
    const folders = new Set<string>();
    const runner: Runner = (command, args, { cwd }) => {
        const line = [command, ...args].join(' ');
        lines.push(line);
        folders.add(cwd);
        return Promise.resolve({ code: isWorking(line) ? 0 : 1, output: '' });
    };
    return { runner, lines, folders };
}

test('nothing runs where modules or settings of a project could lie', async () => {
    for (const hasUv of [true, false]) {
        const { runner, folders } = machine((line) => hasUv || !line.startsWith('uv'));
        await install(wanted, runner);
        assert.deepEqual([...folders], [root]);
    }
});

test('uv makes the environment where there is one', async () => {
    const { runner, lines } = machine(() => true);
    const program = await install(wanted, runner);
    assert.equal(program, join(wanted.folder, 'bin', 'cornerman'));
    assert.ok(lines.includes(`uv pip install --python ${wanted.folder}/bin/python cornerman`));
    assert.equal(lines.at(-1), `${program} --version`);
});

test('without uv the first Python that is new enough is used', async () => {
    const { runner, lines } = machine((line) => !line.startsWith('uv') && !line.startsWith('python3 -c'));
    await install(wanted, runner);
    assert.ok(lines.includes(`python3.14 -m venv ${wanted.folder}`));
    assert.deepEqual(steps, ['Making an environment', 'Installing Cornerman', 'Trying the installed server']);
});

test('without uv and Python the sentence says what to install', async () => {
    const { runner } = machine(() => false);
    await assert.rejects(
        install(wanted, runner),
        new InstallError('Install Python 3.10 or newer with its venv module, or uv, and try again.'),
    );
});

test('a failure leaves the former installation as it was', async () => {
    mkdirSync(wanted.folder);
    writeFileSync(join(wanted.folder, 'mark'), 'old');
    const { runner } = machine((line) => !line.includes('pip install'));
    await assert.rejects(install(wanted, runner), /Installing Cornerman failed/);
    assert.equal(readFileSync(join(wanted.folder, 'mark'), 'utf8'), 'old');
});

test('what was cancelled leaves nothing behind', async () => {
    const abort = new AbortController();
    const runner: Runner = (command) => {
        abort.abort();
        return Promise.reject(new Error(`${command} was aborted`));
    };
    await assert.rejects(install({ ...wanted, signal: abort.signal }, runner));
    assert.ok(!existsSync(wanted.folder));
});
