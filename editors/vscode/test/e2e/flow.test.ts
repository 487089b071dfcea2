/** A person at work: types, accepts, reads an explanation, has code changed and takes that back. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Session } from './support/session.ts';
import { eventually, type Workbench } from './support/workbench.ts';

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

const AVERAGE = `def average(numbers):
    """The mean of numbers, or 0.0 where there are none."""
    `;

let session: Session;
let bench: Workbench;
let pictures = 0;

before(async () => {
    const files = { 'shop.py': SHOP, 'average.py': AVERAGE };
    session = await Session.begin('flow', files, { 'cornerman.editor.preview': 1 });
    bench = session.bench;
});

after(async () => {
    await session.end();
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
    await session.save(
        (text) => /total_value[^]*stock."""\n {8}\S/.test(text),
        'the suggestion is in the file',
    );
    await bench.status(/ is ready, \d+ tokens\/s/).waitFor();
});

test('Control and Right take one word', async () => {
    await bench.goTo(18, 37);
    await bench.press('Enter');
    await bench.suggest();
    const before = session.saved();
    await bench.press('Control+ArrowRight');
    await session.save((text) => text.length > before.length, 'a word is in the file');
    const added = session.saved().length - before.length;
    assert.ok(added < 30, `one word, not ${added} characters`);
    await bench.press('Escape');
});

test('Control, Alt and Right take one line', async () => {
    await bench.openFile('average.py');
    await bench.goTo(3, 5);
    await bench.suggest();
    await bench.press('Control+Alt+ArrowRight');
    const isFilled = (line: string | undefined): boolean => /\S/.test(line ?? '');
    await session.save((text) => isFilled(text.split('\n')[2]), 'a line is in the file', 'average.py');
    assert.ok(!isFilled(session.saved('average.py').split('\n')[3]), 'one line');
    await bench.press('Escape', 'Control+w');
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
    const place = bench.panel
        .locator('#references a')
        .filter({ hasText: /^shop\.py:\d+$/ })
        .first();
    await bench.picture('ask');
    const line = /\d+$/.exec(await place.innerText())?.[0] ?? '';
    await place.focus();
    await bench.press('Enter');
    await bench.page.getByRole('button', { name: `Ln ${line}, Col 1`, exact: true }).waitFor();
});

test('a refactoring from the menu is shown, applied, saved and undone in one step', async () => {
    const before = session.saved();
    await bench.goTo(session.lineOf('if number'), 8);
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
    assert.equal(session.saved(), before);
    await bench.page.getByRole('button', { name: 'Apply', exact: true }).click();
    await bench.page.locator('.monaco-diff-editor').waitFor({ state: 'detached' });
    await session.save(
        (text) => /def is_even\(number\):\n {4}return number % 2 == 0\n$/.test(text),
        'the edit is saved',
    );
    await bench.press('Control+z');
    await session.save((text) => text === before, 'one undo brings the old text back');
});

test('an instruction ends in a preview that can be discarded', async () => {
    const before = session.saved();
    await bench.goTo(session.lineOf('if number'), 8);
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
    assert.equal(session.saved(), before);
});
