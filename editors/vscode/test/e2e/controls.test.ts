/** A person in charge: switches, models, figures, the walkthrough, a server that crashes. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Session } from './support/session.ts';
import { eventually, type Workbench } from './support/workbench.ts';

const SHOP = `class Stock:
    def __init__(self) -> None:
        self.items: dict[str, int] = {}

    def add(self, name: str, quantity: int) -> None:
        """Put more of an item into stock."""
        `;

let session: Session;
let bench: Workbench;

/** The processes that are servers of this machine. */
function servers(): number[] {
    const wanted = `\0serve\0--log-file\0${session.machine.profile}`;
    return globSync('/proc/[0-9]*/cmdline').flatMap((file) => {
        try {
            return readFileSync(file, 'utf8').includes(wanted) ? [Number(file.split('/')[2])] : [];
        } catch {
            // A process that has ended in the meantime.
            return [];
        }
    });
}

/** Asks why there is no completion, and gives the answer. */
async function reason(): Promise<string> {
    await bench.run('Cornerman: Why No Completion?');
    await bench.panel.locator('body[data-state=done]').waitFor();
    return await bench.panel.locator('#answer').innerText();
}

/** Passes when nothing is suggested where there was a suggestion before, and `because` is the reason. */
async function staysSilent(because: string): Promise<void> {
    await eventually(async () => (await reason()).includes(because), because);
    await bench.goTo(7, 9);
    await bench.press('Alt+Backslash');
    const sent = await reason();
    assert.equal(await bench.ghost.count(), 0);
    assert.equal(await reason(), sent, 'no request has been sent');
}

before(async () => {
    session = await Session.begin('controls', { 'shop.py': SHOP }, {});
    bench = session.bench;
    await bench.status(/starts when it is needed|is ready/).waitFor();
});

after(async () => {
    await session.end();
});

test('a suggestion is there while nothing is turned off', async () => {
    await bench.goTo(7, 9);
    await bench.suggest();
    await bench.press('Escape');
    await bench.status(/ is ready, \d+ tokens\/s/).waitFor();
});

test('a language can be turned off and on', async () => {
    await bench.status().click();
    await bench.pick('Turn Completions Off for python');
    await bench.status(/turned off for python/).waitFor();
    await staysSilent('turned off for python');
    await bench.status().click();
    await bench.pick('Turn Completions On for python');
    await bench.status(/is ready/).waitFor();
    await bench.goTo(7, 9);
    await bench.suggest();
    await bench.press('Escape');
});

test('models can be chosen from a list', async () => {
    await bench.run('Cornerman: Choose Model');
    const rows = bench.page.locator('.quick-input-list .monaco-list-row');
    await rows.filter({ hasText: 'On this machine' }).first().waitFor();
    await bench.picture('models');
    await bench.press('Escape');
});

test('the menu of the status item tells why, and snoozes', async () => {
    await bench.status().click();
    await bench.picture('menu');
    await bench.pick('Why No Completion?');
    await bench.panel.locator('#answer').getByText('The latest requests').waitFor();
    await bench.status().click();
    await bench.pick('Snooze for 10 Minutes');
    await bench.status(/snoozed for 10 minutes/).waitFor();
    await bench.status().click();
    await bench.pick('End the Snooze');
    await bench.status(/is ready/).waitFor();
});

test('the statistics have charts', async () => {
    await bench.run('Cornerman: Show Statistics');
    await bench.tab.locator('svg').first().waitFor();
    assert.equal(await bench.tab.locator('svg').count(), 2);
    await bench.picture('statistics');
    await bench.press('Control+w');
});

test('a server that crashes is started again, and says so once', async () => {
    for (const pid of servers()) {
        process.kill(pid, 'SIGKILL');
    }
    await bench.notification(/being started again/).waitFor();
    assert.equal(await bench.notification(/being started again/).count(), 1);
    await bench.status(/starts when it is needed|is ready/).waitFor();
    await bench.goTo(7, 9);
    await bench.suggest();
});
