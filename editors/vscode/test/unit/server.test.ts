import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choices, remembered } from '../../src/actions/history.ts';
import { choicesOf, neededModel } from '../../src/models/choices.ts';
import { Backoff } from '../../src/server/backoff.ts';
import { explicitSettings, serverKeys } from '../../src/server/settings.ts';
import { asModels, asReferences, asStatus, type Model } from '../../src/wire.ts';

test('pauses grow with crashes, the user is told once, and then it is enough', () => {
    const backoff = new Backoff();
    const verdicts = [0, 1_000, 2_000, 3_000, 4_000].map((now) => backoff.crashed(now));
    assert.deepEqual(verdicts, [
        { restartAfterMs: 500, isFirst: true },
        { restartAfterMs: 2_000, isFirst: false },
        { restartAfterMs: 8_000, isFirst: false },
        { restartAfterMs: 30_000, isFirst: false },
        'give up',
    ]);
});

test('a crash of long ago does not count', () => {
    const backoff = new Backoff();
    backoff.crashed(0);
    assert.deepEqual(backoff.crashed(10 * 60_000), { restartAfterMs: 500, isFirst: true });
});

test('only what is set goes to the server, the workspace before the user', () => {
    const values = {
        model: { globalValue: 'a', workspaceValue: 'b' },
        'engine.threads': { globalValue: 2 },
        'engine.url': {},
    };
    const inspect = (key: string): object | undefined => values[key as keyof typeof values];
    const keys = Object.keys(values);
    assert.deepEqual(explicitSettings(keys, inspect, true), { model: 'b', engine: { threads: 2 } });
    assert.deepEqual(explicitSettings(keys, inspect, false), { model: 'a', engine: { threads: 2 } });
});

test('the extension’s own settings are not the server’s', () => {
    const properties = [
        'cornerman.model',
        'cornerman.server.path',
        'cornerman.editor.exclude',
        'cornerman.engine.url',
    ];
    assert.deepEqual(serverKeys(properties), ['model', 'engine.url']);
});

const MODELS = asModels({
    models: [
        { name: 'large', sizeBytes: 9e9, fit: 'no' },
        { name: 'small', sizeBytes: 5e8, fit: 'well', recommended: true },
        { name: 'middle', sizeBytes: 1e9, fit: 'well' },
    ],
});

test('a model is needed only where the server lacks one: the one in use, or the one that suits the machine', () => {
    const lacking = asStatus({ state: 'error', fix: { command: 'cornerman.pull' } });
    const using = (name: string): Model[] =>
        MODELS.map((model) => ({ ...model, inUse: model.name === name }));
    assert.equal(neededModel(lacking, MODELS)?.name, 'small');
    assert.equal(neededModel(lacking, using('middle'))?.name, 'middle');
    assert.equal(neededModel(lacking, []), undefined);
    assert.equal(neededModel(asStatus({ state: 'idle' }), using('middle')), undefined);
    assert.equal(neededModel(undefined, MODELS), undefined);
});

test('the recommended model is listed first, then by how well they fit', () => {
    assert.deepEqual(
        choicesOf(MODELS).map((choice) => choice.model.name),
        ['small', 'middle', 'large'],
    );
});

test('definitions and citations are places, counted from 0', () => {
    const range = { start: { line: 4, character: 0 }, end: { line: 5, character: 0 } };
    assert.deepEqual(
        asReferences({
            definitions: [
                { name: 'f', uri: 'file:///a.py', range },
                { name: 'g', uri: 'file:///a.py', range: {} },
            ],
            citations: [
                { path: 'b.py', uri: 'file:///b.py', line: 3, endLine: 9 },
                { path: 'no uri', line: 1 },
                null,
            ],
        }),
        [
            { label: 'f', uri: 'file:///a.py', line: 4 },
            { label: 'g', uri: 'file:///a.py', line: 0 },
            { label: 'b.py:3', uri: 'file:///b.py', line: 2 },
        ],
    );
});

test('instructions are kept once, the newest first, and offered by what they contain', () => {
    assert.deepEqual(remembered(['a', 'b'], 'b'), ['b', 'a']);
    assert.equal(remembered(Array.from({ length: 30 }, String), 'new').length, 20);
    assert.deepEqual(choices(['Sort it', 'shorten'], 'SHORT'), ['SHORT', 'shorten']);
    assert.deepEqual(choices(['a'], ' '), ['a']);
});
