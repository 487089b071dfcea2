/**
 * Writes the settings into package.json: the server's, from the schema of its settings, and this extension's own.
 * `--check` writes nothing and fails when package.json is not up to date.
 * The server is asked through $CORNERMAN_PYTHON, by default the environment of this checkout.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PRINT_SCHEMA =
    'import json; from cornerman.settings import Settings; print(json.dumps(Settings.model_json_schema()))';
// They say what runs on this machine, where code goes, and what is fetched: a workspace must not decide that.
const OF_THE_MACHINE = /^(engine|verify|models|prompts|statistics|privacy)\b|(_folder|_dir|_command)$/;
const KEPT = [
    'type',
    'items',
    'enum',
    'pattern',
    'minimum',
    'maximum',
    'exclusiveMinimum',
    'exclusiveMaximum',
];
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
            'Path of the program `cornerman`. Empty: the workspace’s Python environment, then the PATH, then the one this extension has installed.',
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
const schema = JSON.parse(execFileSync(python, ['-c', PRINT_SCHEMA], { encoding: 'utf8' }));

const generated = Object.fromEntries(
    leaves(schema, []).map(([path, property]) => [
        `cornerman.${path.join('.')}`,
        setting(path.join('.'), property),
    ]),
);
const clash = Object.keys(generated).find((name) => OWN_SECTIONS.includes(name.split('.')[1]));
if (clash) {
    throw new Error(`${clash}: the extension keeps this section for itself; choose another name.`);
}

const before = readFileSync(file, 'utf8');
const manifest = JSON.parse(before);
manifest.contributes.configuration.properties = { ...generated, ...OWN };
manifest.capabilities.untrustedWorkspaces.restrictedConfigurations = Object.keys(generated);
const after = `${JSON.stringify(manifest, null, 2)}\n`;
if (!process.argv.includes('--check')) {
    writeFileSync(file, after);
} else if (after !== before) {
    console.error('The settings in package.json are not those of the server; run `npm run settings`.');
    process.exitCode = 1;
}

/** Every property that is no section, with its path. */
function leaves(section, path) {
    return Object.entries(section.properties ?? {}).flatMap(([name, property]) => {
        const inner = resolved(property);
        const here = [...path, name];
        return inner.properties ? leaves(inner, here) : [[here, { ...inner, ...property }]];
    });
}

function resolved(property) {
    const name = property.$ref?.split('/').at(-1);
    return name ? schema.$defs[name] : property;
}

function setting(key, property) {
    const forms = (property.anyOf ?? [property]).map((form) => ({ ...resolved(form) }));
    const types = [...new Set(forms.flatMap((form) => form.type ?? []))];
    const result = Object.fromEntries(
        forms.flatMap((form) => KEPT.filter((name) => name in form).map((name) => [name, form[name]])),
    );
    if (types.length) {
        result.type = types.length === 1 ? types[0] : types;
    }
    return {
        ...result,
        default: property.default ?? null,
        description: property.description ?? property.title ?? '',
        scope: OF_THE_MACHINE.test(key) ? 'machine' : 'window',
    };
}
