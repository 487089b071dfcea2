import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TextEdit } from 'vscode-languageclient/node';
import { applied, changesOf, linesChanged, versionsOf } from '../../src/actions/edits.ts';

function edit(from: [number, number], to: [number, number], newText: string): TextEdit {
    const [line, character] = from;
    return { range: { start: { line, character }, end: { line: to[0], character: to[1] } }, newText };
}

test('edits are applied by their places in the old text', () => {
    const edits = [edit([1, 0], [1, 3], 'three'), edit([0, 0], [0, 0], 'zero\n'), edit([0, 3], [0, 3], '!')];
    assert.equal(applied('one\ntwo\n', edits), 'zero\none!\nthree\n');
});

test('all line endings count as one', () => {
    assert.equal(applied('a\r\nb\rc', [edit([1, 0], [1, 1], 'B'), edit([2, 0], [2, 1], 'C')]), 'a\r\nB\rC');
});

test('places past the end are the end', () => {
    assert.equal(applied('a', [edit([5, 0], [9, 0], '\nb')]), 'a\nb');
});

test('characters count as VS Code counts them', () => {
    assert.equal(applied('𝛼x', [edit([0, 2], [0, 3], 'y')]), '𝛼y');
});

test('both forms of a workspace edit are read, and new files are marked', () => {
    const changes = changesOf({
        documentChanges: [
            { kind: 'create', uri: 'file:///new.py' },
            { textDocument: { uri: 'file:///new.py', version: null }, edits: [edit([0, 0], [0, 0], 'x')] },
            { textDocument: { uri: 'file:///old.py', version: 7 }, edits: [edit([0, 0], [0, 0], 'y')] },
        ],
    });
    assert.deepEqual(
        changes.map(({ uri, isNew, edits }) => [uri, isNew, edits.length]),
        [
            ['file:///new.py', true, 1],
            ['file:///old.py', false, 1],
        ],
    );
    assert.deepEqual(changesOf({ changes: { 'file:///a.py': [] } }), [
        { uri: 'file:///a.py', edits: [], isNew: false },
    ]);
});

test('only versions that are named are held to', () => {
    const versions = versionsOf({
        documentChanges: [
            { textDocument: { uri: 'a', version: 3 }, edits: [] },
            { textDocument: { uri: 'b', version: null }, edits: [] },
        ],
    });
    assert.deepEqual([...versions], [['a', 3]]);
});

test('the size of an edit is counted in lines', () => {
    assert.equal(linesChanged([edit([0, 0], [0, 0], 'one word')]), 1);
    assert.equal(linesChanged([edit([2, 0], [6, 0], 'pass\n')]), 4);
    assert.equal(linesChanged([edit([0, 0], [0, 0], 'a\nb\nc\n'), edit([5, 0], [5, 9], 'd')]), 4);
});
