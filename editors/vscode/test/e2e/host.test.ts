/** Runs the suite of test/host inside the extension host of a real workbench. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium, type Browser } from 'playwright-core';
import { CodeServer } from './support/code_server.ts';
import { EXTENSION, Machine } from './support/machine.ts';
import { CHROMIUM, FLAGS } from './support/workbench.ts';

const PATIENCE_MS = 300_000;
const CONFIGURATION = /(id="vscode-workbench-web-configuration" data-settings=")([^"]*)"/;

let machine: Machine;
let server: CodeServer;
let browser: Browser;

before(async () => {
    const files = { 'add.py': 'def add(a, b):\n    """The sum of a and b."""\n    return ' };
    machine = new Machine({ hasModels: true, hasServer: true, files });
    machine.writeSettings({});
    server = await CodeServer.start(machine, '--disable-workspace-trust');
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
});

after(async () => {
    await browser.close();
    await server.stop();
    machine.remove();
});

test('the suite passes inside the extension host', { timeout: PATIENCE_MS + 60_000 }, async () => {
    const page = await browser.newPage();
    const ended = new Promise<void>((resolve) => {
        void page.exposeFunction('codeAutomationLog', () => undefined);
        void page.exposeFunction('codeAutomationExit', resolve);
    });
    // The workbench is told where the extension and its tests are, as its desktop form is by arguments.
    await page.route(
        (url) => url.pathname === '/',
        async (route) => {
            const response = await route.fetch();
            const body = (await response.text()).replace(
                CONFIGURATION,
                (_, head: string, settings: string) => {
                    return `${head}${withTests(settings)}"`;
                },
            );
            await route.fulfill({ response, body });
        },
    );
    await page.goto(server.address(machine));
    const timer = setTimeout(() => void page.close(), PATIENCE_MS);
    await Promise.race([ended, page.waitForEvent('close', { timeout: 0 })]);
    clearTimeout(timer);
    const file = join(machine.workspace, 'results.txt');
    assert.ok(existsSync(file), 'the suite has ended');
    const results = readFileSync(file, 'utf8').split(/\n(?=ok |not ok )/);
    console.log(results.join('\n'));
    assert.ok(results.length >= 6);
    assert.deepEqual(
        results.filter((line) => !line.startsWith('ok ')),
        [],
    );
});

function withTests(settings: string): string {
    const uri = (path: string): object => ({
        scheme: 'vscode-remote',
        authority: `127.0.0.1:${server.port}`,
        path,
    });
    const configuration = JSON.parse(settings.replaceAll('&quot;', '"').replaceAll('&amp;', '&')) as object;
    const developmentOptions = {
        extensions: [uri(EXTENSION.replace(/\/$/, ''))],
        extensionTestsPath: uri(join(EXTENSION, 'dist', 'test', 'suite.js')),
    };
    return JSON.stringify({ ...configuration, developmentOptions })
        .replaceAll('&', '&amp;')
        .replaceAll('"', '&quot;');
}
