import assert from 'node:assert/strict';
import { test } from 'node:test';
import { panelHtml } from '../../src/panel/html.ts';
import { partsOf, staysInside } from '../../src/panel/links.ts';

const links = (text: string): string[] =>
    partsOf(text).flatMap((part) => (part.link ? [`${part.link.path} ${part.link.line}`] : []));

test('a file with a line is a link', () => {
    assert.deepEqual(links('See src/app.py:12 and (util.test.ts:3-9).'), ['src/app.py 12', 'util.test.ts 3']);
});

test('the parts are the whole text', () => {
    const text = 'See src/app.py:12, not 10:30.';
    assert.equal(
        partsOf(text)
            .map((part) => part.text)
            .join(''),
        text,
    );
});

test('times, addresses and code are no links', () => {
    for (const text of [
        'at 10:30',
        'http://host.example:80/x',
        'x[1:2]',
        'C:\\a.py:3',
        'a.py:12:3x',
        'dict: {a.b:1x}',
    ]) {
        assert.deepEqual(links(text), [], text);
    }
});

test('a path stays in its folder, or is not opened', () => {
    assert.ok(staysInside('src/app.py'));
    for (const path of ['/etc/passwd', '../x.py', 'a/../../x.py', '..\\x.py', 'file:x.py']) {
        assert.ok(!staysInside(path), path);
    }
});

test('the page runs its own script only, and loads nothing from elsewhere', () => {
    const html = panelHtml({ style: 's.css', script: 's.js', cspSource: 'vscode-resource:', nonce: 'n0nce' });
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? '';
    assert.equal(policy, "default-src 'none'; style-src vscode-resource:; script-src 'nonce-n0nce'");
    assert.deepEqual(html.match(/<script[^>]*>/g), ['<script nonce="n0nce" src="s.js">']);
});
