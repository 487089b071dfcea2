/** Runs a suite of test/host inside the extension host of a real workbench. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { CodeServer } from './code_server.ts';
import { EXTENSION, type Machine } from './machine.ts';
import { CHROMIUM, FLAGS } from './workbench.ts';

export const PATIENCE_MS = 300_000;
const CONFIGURATION = /(id="vscode-workbench-web-configuration" data-settings=")([^"]*)"/;

export interface Situation {
    readonly machine: Machine;
    /** A folder, or a `.code-workspace` file. */
    readonly workspace: string;
    /** More arguments of code-server. */
    readonly flags?: readonly string[];
}

/** Passes when every case of the suite does; `cases` is how many there must be. */
export async function runInHost(suite: string, cases: number, situation: Situation): Promise<void> {
    const { machine, workspace, flags = [] } = situation;
    const server = await CodeServer.start(machine, ...flags);
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    try {
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
                const text = await response.text();
                const body = text.replace(CONFIGURATION, (_, head: string, settings: string) => {
                    return `${head}${withTests(settings, server.port, suite)}"`;
                });
                await route.fulfill({ response, body });
            },
        );
        await page.goto(server.at(workspace));
        const timer = setTimeout(() => void page.close(), PATIENCE_MS);
        await Promise.race([ended, page.waitForEvent('close', { timeout: 0 })]);
        clearTimeout(timer);
    } finally {
        await browser.close();
        await server.stop();
    }
    assert.ok(existsSync(machine.results), 'the suite has ended');
    const results = readFileSync(machine.results, 'utf8').split(/\n(?=ok |not ok )/);
    console.log(results.join('\n'));
    assert.deepEqual(
        results.filter((line) => !line.startsWith('ok ')),
        [],
    );
    assert.equal(results.length, cases);
}

function withTests(settings: string, port: number, suite: string): string {
    const uri = (path: string): object => ({
        scheme: 'vscode-remote',
        authority: `127.0.0.1:${port}`,
        path,
    });
    const configuration = JSON.parse(settings.replaceAll('&quot;', '"').replaceAll('&amp;', '&')) as object;
    const developmentOptions = {
        extensions: [uri(EXTENSION.replace(/\/$/, ''))],
        extensionTestsPath: uri(join(EXTENSION, 'dist', 'test', `${suite}.js`)),
    };
    return JSON.stringify({ ...configuration, developmentOptions })
        .replaceAll('&', '&amp;')
        .replaceAll('"', '&quot;');
}
