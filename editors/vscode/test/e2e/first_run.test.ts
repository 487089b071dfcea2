/** A new user: a bare profile, no server, no model; every step is a click in VS Code. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CodeServer } from './support/code_server.ts';
import { CHECKOUT, Machine, PYTHON } from './support/machine.ts';
import { eventually, Workbench } from './support/workbench.ts';

const GREETING = `def greeting(name):
    """Say hello to name."""
    return `;
const DOWNLOAD_MS = 480_000;

let wheels: string;
let machine: Machine;
let server: CodeServer;
let bench: Workbench;

before(() => {
    wheels = mkdtempSync(join(tmpdir(), 'cornerman-wheel-'));
    execFileSync(PYTHON, ['-m', 'pip', 'wheel', '--quiet', '--no-deps', '--wheel-dir', wheels, CHECKOUT]);
    machine = new Machine({ hasModels: false, hasServer: false, files: { 'hello.py': GREETING } });
});

before(async () => {
    const wheel = join(wheels, readdirSync(wheels)[0] ?? '');
    machine.writeSettings({ 'cornerman.server.package': wheel });
    await CodeServer.installExtension(machine);
    server = await CodeServer.start(machine, '--disable-workspace-trust');
    bench = await Workbench.open(server.address(machine, 'hello.py'), 'first');
});

after(async () => {
    await bench.picture('end');
    await bench.close();
    await server.stop();
    machine.remove();
    rmSync(wheels, { recursive: true });
});

test('nothing is installed before a click', async () => {
    await bench.notification(/needs its language server/).waitFor();
    await bench.status(/not set up/).waitFor();
    await bench.picture('offer');
    assert.ok(!existsSync(machine.installed));
});

test('the server is installed into the extension’s own folder', { timeout: DOWNLOAD_MS }, async () => {
    await bench.page.getByRole('button', { name: 'Install', exact: true }).click();
    await bench
        .notification(/Installing Cornerman/)
        .first()
        .waitFor();
    await bench.picture('installing');
    await bench.notification(/needs a model/).waitFor({ timeout: DOWNLOAD_MS });
    assert.ok(existsSync(join(machine.installed, 'bin', 'cornerman')));
    await bench.picture('model-offer');
});

test('without a model the status item says so, and offers the remedy', async () => {
    await bench.status(/download|not installed|pull/i).waitFor();
    await bench.status().click();
    await bench.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'Download' }).waitFor();
    await bench.picture('no-model');
    await bench.press('Escape');
});

test('the model is fetched with progress', { timeout: DOWNLOAD_MS }, async () => {
    // A copy that is on this computer takes less than a second.
    await Promise.all([
        bench.status(/being downloaded: \d+ %/).waitFor(),
        bench.page.getByRole('button', { name: 'Download', exact: true }).click(),
    ]);
    await bench.picture('downloading');
    await bench.status(/starts when it is needed|is ready/).waitFor({ timeout: DOWNLOAD_MS });
});

test('then a completion is on screen', async () => {
    await bench.goTo(3, 12);
    await bench.suggest();
    await bench.picture('completion');
    await bench.press('Tab');
    await eventually(async () => {
        await bench.press('Control+s');
        return readFileSync(join(machine.workspace, 'hello.py'), 'utf8').length > GREETING.length;
    }, 'the suggestion is saved');
});

test('and an explanation', async () => {
    await bench.run('Cornerman: Explain');
    await bench.panel.locator('body[data-state=done]').waitFor();
    assert.ok((await bench.panel.locator('#answer').innerText()).length > 60);
    await bench.picture('explanation');
});
