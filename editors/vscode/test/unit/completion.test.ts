import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reasons } from '../../src/completion/reasons.ts';
import { languageIsOn, minutes, silence, type Situation } from '../../src/completion/rules.ts';

const TYPING: Situation = {
    isEnabled: true,
    language: 'python',
    languages: { '*': true },
    excludedBy: undefined,
    snoozedForMs: 0,
    isExplicit: false,
};

test('typing may ask for a suggestion', () => {
    assert.equal(silence(TYPING), undefined);
});

test('each switch keeps requests back, and says so', () => {
    assert.match(silence({ ...TYPING, isEnabled: false }) ?? '', /in the settings/);
    assert.match(silence({ ...TYPING, languages: { python: false } }) ?? '', /for python/);
    assert.match(silence({ ...TYPING, excludedBy: '**/secret/**' }) ?? '', /\*\*\/secret\/\*\*/);
    assert.match(silence({ ...TYPING, snoozedForMs: 60_000 }) ?? '', /1 minute\./);
});

test('a snooze does not keep back what was asked for by key', () => {
    assert.equal(silence({ ...TYPING, snoozedForMs: 60_000, isExplicit: true }), undefined);
});

test('a language counts more than the star', () => {
    assert.ok(languageIsOn({ '*': false, python: true }, 'python'));
    assert.ok(!languageIsOn({ '*': false, python: true }, 'go'));
    assert.ok(languageIsOn({}, 'go'));
});

test('a begun minute counts', () => {
    assert.equal(minutes(540_001), '10 minutes');
});

test('the reasons are a table that no text can break', () => {
    const outcome = { uri: 'u', suggested: false, reason: 'a|b\nc', totalMs: 12.4 };
    const text = reasons([outcome, { ...outcome, suggested: true }], undefined, (uri) => uri);
    assert.ok(text.includes('| u | a\\|b c | 12 ms |\n| u | a suggestion | 12 ms |'));
});

test('names of files and patterns stay what they are', () => {
    const outcome = { uri: '__init__.py', suggested: false, reason: '', totalMs: 1 };
    const text = reasons([outcome], 'Off for **/x_*.', String);
    assert.ok(text.includes('**Off for \\*\\*/x\\_\\*.** No request'));
    assert.ok(text.includes('| \\_\\_init\\_\\_.py |'));
});

test('the extension’s own reason stands first', () => {
    assert.match(reasons([], 'Snoozed.', String), /^\*\*Snoozed\.\*\*/);
});
