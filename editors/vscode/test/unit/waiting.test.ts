import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Waiting } from '../../src/completion/waiting.ts';

function emptied(state: 'loading' | 'ready' = 'loading', place: string | undefined = 'here'): Waiting {
    const waiting = new Waiting();
    waiting.answered(place, state);
    return waiting;
}

test('a place that had to wait for the model is due once when it is ready', () => {
    const waiting = emptied();
    assert.ok(!waiting.isDue('loading', 'here'));
    assert.ok(waiting.isDue('ready', 'here'));
    assert.ok(!waiting.isDue('ready', 'here'));
});

test('nothing is due where the cursor or the text has moved, or nothing is open', () => {
    assert.ok(!emptied().isDue('ready', 'there'));
    assert.ok(!emptied().isDue('ready', undefined));
});

test('an empty answer of a loaded model is final', () => {
    assert.ok(!emptied('ready').isDue('ready', 'here'));
});

test('a later request that ends otherwise, an error or a stop of the server end the waiting', () => {
    const answered = emptied();
    answered.answered(undefined, 'loading');
    assert.ok(!answered.isDue('ready', 'here'));
    for (const state of ['error', undefined] as const) {
        const waiting = emptied();
        assert.ok(!waiting.isDue(state, 'here'));
        assert.ok(!waiting.isDue('ready', 'here'));
    }
});
