import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present, size, type Circumstances } from '../../src/status/presentation.ts';
import { asStatus } from '../../src/wire.ts';

const status = (more: object): Circumstances['server'] =>
    asStatus({
        state: 'ready',
        model: 'tiny',
        message: '',
        tokensPerSecond: null,
        fix: null,
        ...more,
    });

const NOW: Circumstances = {
    connection: 'running',
    isServerMissing: false,
    chore: undefined,
    server: status({}),
    isEnabled: true,
    isLanguageOn: true,
    language: 'python',
    snoozedForMs: 0,
};

const CASES: [string, Partial<Circumstances>, RegExp, boolean][] = [
    ['ready', {}, /^tiny is ready\.$/, false],
    ['ready and its speed', { server: status({ tokensPerSecond: 41.6 }) }, /ready, 42 tokens\/s/, false],
    ['idle', { server: status({ state: 'idle' }) }, /starts when it is needed/, false],
    ['loading', { server: status({ state: 'loading' }) }, /^tiny is being loaded …$/, false],
    ['thinking', { server: status({ state: 'thinking' }) }, /thinking/, false],
    ['an error', { server: status({ state: 'error', message: 'No model.' }) }, /^No model\.$/, true],
    ['turned off', { isEnabled: false }, /turned off\.$/, false],
    ['off for a language', { isLanguageOn: false }, /off for python/, false],
    ['snoozed', { snoozedForMs: 540_001 }, /snoozed for 10 minutes/, false],
    ['a server that is missing', { isServerMissing: true, connection: 'stopped' }, /not set up/, true],
    ['a server that stays down', { connection: 'failed' }, /the log says why/, true],
    ['a server that comes back', { connection: 'restarting' }, /started again/, false],
    ['a download', { chore: { title: 'Downloading', percent: 7.4 } }, /^Downloading: 7 %$/, false],
];

for (const [name, change, detail, hasProblem] of CASES) {
    test(`the item tells of ${name}`, () => {
        const shown = present({ ...NOW, ...change });
        assert.match(shown.detail, detail);
        assert.equal(shown.hasProblem, hasProblem);
    });
}

test('a status of an unknown kind is none', () => {
    assert.equal(asStatus({ state: 'dancing' }), undefined);
    assert.equal(asStatus(null), undefined);
});

test('sizes are in the units of shops', () => {
    assert.equal(size(491_400_064), '491 MB');
    assert.equal(size(4_680_000_000), '4.7 GB');
});
