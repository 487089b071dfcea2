import assert from 'node:assert/strict';
import { test } from 'node:test';
import { candidates, findServer, versionIn, type Places } from '../../src/server/finder.ts';

const PLACES: Places = {
    setting: '',
    environments: ['/project/.venv'],
    searchPath: '/usr/local/bin:relative:/usr/bin',
    storage: '/storage/server',
    platform: 'linux',
};

test('the workspace comes before the PATH, and what the extension has installed comes last', () => {
    assert.deepEqual(
        candidates(PLACES).map(({ command, source }) => `${source} ${command}`),
        [
            'environment /project/.venv/bin/cornerman',
            'path /usr/local/bin/cornerman',
            'path /usr/bin/cornerman',
            'storage /storage/server/bin/cornerman',
        ],
    );
});

test('a setting is the only candidate', () => {
    const found = candidates({ ...PLACES, setting: ' /opt/cornerman ' });
    assert.deepEqual(found, [{ command: '/opt/cornerman', source: 'setting' }]);
});

test('a relative path is not looked for in the folder of the moment', () => {
    assert.deepEqual(candidates({ ...PLACES, setting: 'bin/cornerman' }), []);
});

test('Windows has other folders and endings', () => {
    const found = candidates({ ...PLACES, platform: 'win32' });
    assert.match(found[0]?.command ?? '', /Scripts.cornerman\.exe$/);
});

test('a candidate that does not answer is passed over', async () => {
    const probe = (command: string): Promise<string | undefined> =>
        Promise.resolve(command.startsWith('/usr/bin') ? '0.1.0' : undefined);
    const found = await findServer(PLACES, () => Promise.resolve(true), probe);
    assert.deepEqual(found, { command: '/usr/bin/cornerman', source: 'path', version: '0.1.0' });
});

test('what does not exist is not run', async () => {
    const probe = (): Promise<string | undefined> => assert.fail('was run');
    assert.equal(await findServer(PLACES, () => Promise.resolve(false), probe), undefined);
});

test('the version is read from what the program prints, and from nothing else', () => {
    assert.equal(versionIn('cornerman 1.20.3\n'), '1.20.3');
    assert.equal(versionIn('another program 1.0.0'), undefined);
});
