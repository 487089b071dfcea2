import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asFigures } from '../../src/statistics/figures.ts';
import { statisticsHtml } from '../../src/statistics/html.ts';

const ASSETS = { style: 's.css', cspSource: 'vscode-resource:' };
const GROUP = {
    language: 'python',
    model: 'tiny',
    shown: 20,
    accepted: 5,
    kept: 4,
    lookedAt: 5,
    characters: 310,
};

test('the page has the figures and two charts that can be read aloud', () => {
    const figures = asFigures({
        figures: [GROUP, { ...GROUP, language: 'go', shown: 0, accepted: 0 }],
        days: [{ date: '2026-11-21', shown: 20, accepted: 5 }],
    });
    const html = statisticsHtml(figures, 30, ASSETS);
    assert.match(html, /<dd>5 \(25 %\)<\/dd>/);
    assert.equal(html.match(/<svg role="img" aria-label=/g)?.length, 2);
    assert.match(html, /<title>2026-11-21: 20 shown, 5 accepted<\/title>/);
    assert.ok(!html.includes('NaN'));
});

test('a threshold that the figures suggest is told with the setting for it', () => {
    const page = (threshold: number | null): string =>
        statisticsHtml(asFigures({ figures: [GROUP], days: [], threshold }), 30, ASSETS);
    assert.match(page(0.12), /less likely than 12 %[^]+confidence\.pause at 0\.12/);
    assert.ok(!page(null).includes('confidence'));
});

test('names cannot become markup', () => {
    const figures = asFigures({ figures: [{ ...GROUP, language: '<script>', model: '"><b>' }], days: [] });
    const html = statisticsHtml(figures, 30, ASSETS);
    assert.ok(!html.includes('<script>') && !html.includes('<b>'));
});

test('without figures the page says what to do', () => {
    assert.match(statisticsHtml(asFigures({}), 30, ASSETS), /Nothing has been counted yet/);
});
