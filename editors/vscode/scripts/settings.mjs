/**
 * Writes the settings into package.json: the server's, as `cornerman settings vscode` prints them, and this extension's own.
 * `--check` writes nothing and fails when package.json is not up to date.
 * The server is asked through $CORNERMAN_PYTHON, by default the environment of this checkout.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const OWN_SECTIONS = ['editor', 'server'];

const OWN = {
    'cornerman.editor.languages': {
        type: 'object',
        additionalProperties: { type: 'boolean' },
        default: { '*': true },
        markdownDescription: 'Languages with completions on (`true`) or off; `*` stands for all others.',
        scope: 'window',
    },
    'cornerman.editor.exclude': {
        type: 'array',
        items: { type: 'string' },
        default: [],
        markdownDescription: 'Files without completions, as patterns like `**/generated/**`.',
        scope: 'resource',
    },
    'cornerman.editor.preview': {
        type: 'integer',
        minimum: 0,
        default: 3,
        markdownDescription: 'Edits that change more lines than this are shown as a difference first.',
        scope: 'window',
    },
    'cornerman.server.path': {
        type: 'string',
        default: '',
        markdownDescription:
            'Absolute path of the program `cornerman`. Empty: the workspace’s Python environment, then the PATH, then the one this extension has installed.',
        scope: 'machine',
    },
    'cornerman.server.package': {
        type: 'string',
        default: 'cornerman',
        markdownDescription: 'What is installed as the server: a package name, or the path of a wheel.',
        scope: 'machine',
    },
};

const file = fileURLToPath(new URL('../package.json', import.meta.url));
const python =
    process.env['CORNERMAN_PYTHON'] ?? fileURLToPath(new URL('../../../.venv/bin/python', import.meta.url));
const printed = execFileSync(python, ['-m', 'cornerman', 'settings', 'vscode'], { encoding: 'utf8' });
const generated = JSON.parse(printed);
const clash = Object.keys(generated).find((name) => OWN_SECTIONS.includes(name.split('.')[1]));
if (clash) {
    throw new Error(`${clash}: the extension keeps this section for itself; choose another name.`);
}

const before = readFileSync(file, 'utf8');
const manifest = JSON.parse(before);
const properties = { ...generated, ...OWN };
manifest.contributes.configuration.properties = properties;
manifest.capabilities.untrustedWorkspaces.restrictedConfigurations = Object.keys(properties);
const after = `${JSON.stringify(manifest, null, 2)}\n`;
if (!process.argv.includes('--check')) {
    writeFileSync(file, after);
} else if (after !== before) {
    console.error('The settings in package.json are not those of the server; run `npm run settings`.');
    process.exitCode = 1;
}
