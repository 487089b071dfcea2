/** A person at work: types, accepts, reads an explanation, has code changed and takes that back. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { CodeServer } from './support/code_server.ts';
import { Machine } from './support/machine.ts';
import { eventually, Workbench } from './support/workbench.ts';

const SHOP = `"""A shop's stock."""

from dataclasses import dataclass


@dataclass
class Item:
    name: str
    price: float
    quantity: int


class Stock:
    def __init__(self) -> None:
        self.items: dict[str, Item] = {}

    def add(self, item: Item) -> None:
        self.items[item.name] = item

    def total_value(self) -> float:
        """Value of everything in stock."""
        

def is_even(number):
    if number % 2 == 0:
        return True
    else:
        return False
`;

let machine: Machine;
let server: CodeServer;
let bench: Workbench;
let pictures = 0;
const saved = (): string => readFileSync(join(machine.workspace, 'shop.py'), 'utf8');

/** The number of the line with `start`, from 1. */
const lineOf = (start: string): number =>
    saved()
        .split('\n')
        .findIndex((line) => line.includes(start)) + 1;

/** Saves, and waits until the file is what `isRight` says. */
async function save(isRight: (text: string) => boolean, what: string): Promise<void> {
    await eventually(async () => {
        await bench.press('Control+s');
        return isRight(saved());
    }, what);
}

before(async () => {
    machine = new Machine({ hasModels: true, hasServer: true, files: { 'shop.py': SHOP } });
    machine.writeSettings({ 'cornerman.editor.preview': 1 });
    await CodeServer.installExtension(machine);
    server = await CodeServer.start(machine, '--disable-workspace-trust');
    bench = await Workbench.open(server.address(machine, 'shop.py'), 'flow');
});

after(async () => {
    await bench.picture('end');
    await bench.close();
    await server.stop();
    machine.remove();
});

afterEach(async () => {
    pictures += 1;
    await bench.picture(`after-${pictures}`);
});

test('the status item says that the server runs', async () => {
    await bench.status(/starts when it is needed|is ready/).waitFor();
});

test('ghost text appears and Tab takes it', async () => {
    await bench.goTo(22, 9);
    await bench.suggest();
    await bench.picture('ghost');
    await bench.press('Tab');
    await save((text) => /total_value[^]*stock."""\n {8}\S/.test(text), 'the suggestion is in the file');
    await bench.status(/ is ready, \d+ tokens\/s/).waitFor();
});

test('Control and Right take one word', async () => {
    await bench.goTo(18, 37);
    await bench.press('Enter');
    await bench.suggest();
    const before = saved();
    await bench.press('Control+ArrowRight');
    await save((text) => text.length > before.length, 'a word is in the file');
    const added = saved().length - before.length;
    assert.ok(added < 30, `one word, not ${added} characters`);
    await bench.press('Escape');
});

test('other suggestions can be gone through', async () => {
    await bench.goTo(17, 43);
    await bench.press('Enter');
    await bench.suggest();
    const first = await bench.ghost.allInnerTexts();
    await eventually(async () => {
        await bench.press('Alt+BracketRight');
        const now = await bench.ghost.allInnerTexts();
        return now.length > 0 && now.join('') !== first.join('');
    }, 'a different suggestion');
    await bench.press('Escape', 'Control+z');
});

test('the panel explains the function at the cursor', async () => {
    await bench.goTo(21, 12);
    await bench.run('Cornerman: Explain');
    const answer = bench.panel.locator('#answer');
    await bench.panel.locator('body[data-state=done]').waitFor();
    assert.ok((await answer.innerText()).length > 60, 'an explanation');
    assert.equal(await bench.panel.locator('#spoken p').count(), await answer.locator('> *').count());
    await bench.picture('explain');
});

test('a question about the workspace is answered with places', async () => {
    await bench.run('Cornerman: Ask about the Workspace');
    await bench.page.locator('.quick-input-widget input[type=text]').fill('Where are items added?');
    await bench.press('Enter');
    await bench.panel.getByRole('heading', { name: 'Where are items added?' }).waitFor();
    await bench.panel.locator('body[data-state=done]').waitFor();
    await bench.panel
        .locator('#references a')
        .filter({ hasText: /^shop\.py:\d+$/ })
        .first()
        .click();
    await bench.picture('ask');
});

test('a refactoring from the menu is shown, applied, saved and undone in one step', async () => {
    const before = saved();
    await bench.goTo(lineOf('if number'), 8);
    await bench.run('Cornerman: Refactor…');
    const simplify = bench.page.locator('.action-widget').getByText(/^Simplify/);
    await simplify.waitFor();
    await bench.picture('actions');
    await simplify.click();
    await bench.page.locator('.monaco-diff-editor').first().waitFor();
    await bench
        .notification(/apply it/)
        .first()
        .waitFor();
    await bench.picture('preview');
    assert.equal(saved(), before);
    await bench.page.getByRole('button', { name: 'Apply', exact: true }).click();
    await bench.page.locator('.monaco-diff-editor').waitFor({ state: 'detached' });
    await save(
        (text) => /def is_even\(number\):\n {4}return number % 2 == 0\n$/.test(text),
        'the edit is saved',
    );
    await bench.press('Control+z');
    await save((text) => text === before, 'one undo brings the old text back');
});

test('an instruction ends in a preview that can be discarded', async () => {
    const before = saved();
    await bench.goTo(lineOf('if number'), 8);
    await bench.run('Cornerman: Refactor with an Instruction');
    await bench.page.locator('.quick-input-widget input[type=text]').fill('return the condition directly');
    await bench.picture('instruction');
    await bench.press('Enter');
    // What a small model writes may fail a check; then it is shown only to those who want to see it.
    const anyway = bench.page.getByRole('button', { name: 'Show It Anyway' });
    const diff = bench.page.locator('.monaco-diff-editor').first();
    await anyway.or(diff).first().waitFor();
    if (await anyway.isVisible()) {
        await bench.picture('refused');
        await anyway.click();
    }
    await diff.waitFor();
    await bench.page.getByRole('button', { name: 'Discard', exact: true }).click();
    await diff.waitFor({ state: 'detached' });
    assert.equal(saved(), before);
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
    const pid = execFileSync('pgrep', ['-f', `serve --log-file ${machine.profile}`], {
        encoding: 'utf8',
    }).trim();
    process.kill(Number(pid.split('\n')[0]), 'SIGKILL');
    await bench.notification(/being started again/).waitFor();
    assert.equal(await bench.notification(/being started again/).count(), 1);
    await bench.status(/starts when it is needed|is ready/).waitFor();
    await bench.goTo(17, 43);
    await bench.press('Enter');
    await bench.suggest();
});
