/** A machine of its own for one test: folders, environment, files to work on. */
import { spawnSync } from 'node:child_process';
import {
    existsSync,
    globSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const EXTENSION = fileURLToPath(new URL('../../../', import.meta.url));
export const CHECKOUT = fileURLToPath(new URL('../../../../../', import.meta.url));
export const PYTHON = process.env['CORNERMAN_PYTHON'] ?? join(CHECKOUT, '.venv', 'bin', 'python');
export const SERVER = join(PYTHON, '..', 'cornerman');

/** Where pictures of the screen are kept. */
export const PICTURES = process.env['CORNERMAN_PICTURES'] ?? join(tmpdir(), 'cornerman-pictures');

export interface MachineOptions {
    /** With the models of this computer installed; otherwise another program has them, if they are there. */
    readonly hasModels: boolean;
    /** The server is on the PATH. */
    readonly hasServer: boolean;
    /** Files of the workspace; those with a first line for the shell are programs. */
    readonly files: Readonly<Record<string, string>>;
}

export class Machine {
    /** Short, because it holds the engine's socket. */
    readonly root = mkdtempSync(join(tmpdir(), 'cv-'));
    readonly workspace = join(this.root, 'work');
    readonly profile = join(this.root, 'profile');
    readonly extensions = join(this.root, 'extensions');
    /** Where a suite in the extension host tells how its cases ended. */
    readonly results = join(this.root, 'results.txt');
    readonly env: NodeJS.ProcessEnv;

    constructor(options: MachineOptions) {
        const cache = join(this.root, 'cache');
        const path = (process.env['PATH'] ?? '')
            .split(delimiter)
            .filter((folder) => !existsSync(join(folder, 'cornerman')));
        this.env = {
            ...process.env,
            PATH: [...(options.hasServer ? [join(SERVER, '..')] : []), ...path].join(delimiter),
            // Otherwise the PATH is taken from a login shell.
            VSCODE_CLI: '1',
            CORNERMAN_CACHE_DIR: cache,
            CORNERMAN_STATE_DIR: join(this.root, 'state'),
            CORNERMAN_CONFIG_DIR: join(this.root, 'config'),
            CORNERMAN_RUNTIME_DIR: join(this.root, 'run'),
            OLLAMA_MODELS: join(this.root, 'ollama'),
            CORNERMAN_TEST_RESULTS: this.results,
        };
        mkdirSync(cache);
        if (options.hasModels) {
            symlinkSync(join(modelCache(), 'models'), join(cache, 'models'));
        } else {
            lendModels(join(this.root, 'ollama', 'blobs'));
        }
        for (const [name, text] of Object.entries(options.files)) {
            const file = join(this.workspace, name);
            mkdirSync(join(file, '..'), { recursive: true });
            writeFileSync(file, text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
        }
    }

    /** Settings of the user, beside those that keep VS Code quiet. */
    writeSettings(settings: Readonly<Record<string, unknown>>): void {
        mkdirSync(join(this.profile, 'User'), { recursive: true });
        writeFileSync(join(this.profile, 'User', 'settings.json'), JSON.stringify({ ...QUIET, ...settings }));
    }

    /** Where the extension installs its server. */
    get installed(): string {
        return join(this.profile, 'User', 'globalStorage', 'cornerman.cornerman', 'server');
    }

    /** Stops the engine and removes everything. */
    remove(): void {
        const own = join(this.installed, 'bin', 'cornerman');
        // The exit code is 1 where no engine runs.
        spawnSync(existsSync(own) ? own : SERVER, ['engine', 'stop'], { env: this.env, stdio: 'ignore' });
        rmSync(this.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    }
}

const QUIET = {
    'chat.disableAIFeatures': true,
    'editor.cursorBlinking': 'solid',
    'editor.minimap.enabled': false,
    'extensions.ignoreRecommendations': true,
    'telemetry.telemetryLevel': 'off',
    'update.mode': 'none',
    'workbench.reduceMotion': 'on',
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'workbench.startupEditor': 'none',
    'workbench.tips.enabled': false,
};

/** Puts the models of this computer where Ollama would keep them: they are taken from there, and not downloaded. */
function lendModels(blobs: string): void {
    mkdirSync(blobs, { recursive: true });
    for (const marker of globSync(join(modelCache(), 'models', '*', '*.gguf.verified'))) {
        const { sha256 } = JSON.parse(readFileSync(marker, 'utf8')) as { sha256: string };
        symlinkSync(marker.replace(/\.verified$/, ''), join(blobs, `sha256-${sha256}`));
    }
}

function modelCache(): string {
    return process.env['CORNERMAN_CACHE_DIR'] ?? join(homedir(), '.cache', 'cornerman');
}
