/** VS Code's workbench, served by code-server, with the packaged extension in it. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EXTENSION, type Machine } from './machine.ts';

const TOOLS = process.env['CORNERMAN_CI_CACHE'] ?? join(homedir(), '.cache', 'cornerman-ci');
const CODE_SERVER = join(TOOLS, 'code-server-4.139.1', 'node_modules', 'code-server');
const VSIX = join(EXTENSION, 'dist', 'cornerman.vsix');
const START_MS = 60_000;

export class CodeServer {
    readonly port: number;
    readonly #process: ChildProcess;

    private constructor(port: number, process: ChildProcess) {
        this.port = port;
        this.#process = process;
    }

    static async installExtension(machine: Machine): Promise<void> {
        const args = [CODE_SERVER, ...folders(machine), '--install-extension', VSIX];
        await promisify(execFile)(process.execPath, args, { env: machine.env });
    }

    static async start(machine: Machine, ...more: string[]): Promise<CodeServer> {
        mkdirSync(machine.extensions, { recursive: true });
        const port = await freePort();
        const args = [
            CODE_SERVER,
            ...[
                '--bind-addr',
                `127.0.0.1:${port}`,
                '--auth',
                'none',
                '--disable-telemetry',
                '--disable-update-check',
            ],
            ...['--disable-getting-started-override', ...folders(machine), ...more],
        ];
        const child = spawn(process.execPath, args, {
            env: machine.env,
            stdio: ['ignore', 'pipe', 'pipe'],
            detached: true,
        });
        await listening(child);
        return new CodeServer(port, child);
    }

    /** The address of the workbench with the machine's workspace and one of its files open. */
    address(machine: Machine, file: string): string {
        const open = `vscode-remote://127.0.0.1:${this.port}${machine.workspace}/${file}`;
        return `${this.at(machine.workspace)}&payload=${encodeURIComponent(JSON.stringify([['openFile', open]]))}`;
    }

    /** The address of the workbench with a folder, or with the folders that a `.code-workspace` lists. */
    at(place: string): string {
        const kind = place.endsWith('.code-workspace') ? 'workspace' : 'folder';
        return `http://127.0.0.1:${this.port}/?${kind}=${encodeURIComponent(place)}`;
    }

    async stop(): Promise<void> {
        const { pid } = this.#process;
        if (pid === undefined || this.#process.exitCode !== null) {
            return;
        }
        const ended = new Promise((resolve) => this.#process.once('close', resolve));
        // The extension host is a child of its own.
        process.kill(-pid, 'SIGTERM');
        const timer = setTimeout(() => process.kill(-pid, 'SIGKILL'), 5_000);
        await ended;
        clearTimeout(timer);
    }
}

function folders(machine: Machine): string[] {
    return ['--user-data-dir', machine.profile, '--extensions-dir', machine.extensions];
}

async function listening(child: ChildProcess): Promise<void> {
    let output = '';
    await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => {
            reject(new Error(`code-server did not start:\n${output}`));
        }, START_MS);
        const read = (data: Buffer): void => {
            output += data.toString();
            if (output.includes('HTTP server listening')) {
                clearTimeout(timer);
                resolve();
            }
        };
        child.stdout?.on('data', read);
        child.stderr?.on('data', read);
        child.on('exit', (code) => {
            reject(new Error(`code-server ended with ${String(code)}:\n${output}`));
        });
    });
}

async function freePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    await new Promise((resolve) => server.close(resolve));
    if (address === null || typeof address === 'string') {
        throw new Error('no free port');
    }
    return address.port;
}
