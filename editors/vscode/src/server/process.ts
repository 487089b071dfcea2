/** Child processes whose output is read line by line. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface RunOptions {
    /** The folder to run it in: Python imports from there, uv reads its settings there. */
    readonly cwd: string;
    readonly onLine?: (line: string) => void;
    readonly signal?: AbortSignal;
}

export interface Ended {
    readonly code: number;
    readonly output: string;
}

/** Runs a program without a shell until it ends; rejects where it cannot be started or `signal` aborts it. */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<Ended> {
    const child = spawn(command, args, {
        cwd: options.cwd,
        stdio: ['ignore', 'pipe', 'pipe'],
        windowsHide: true,
        ...(options.signal ? { signal: options.signal } : {}),
    });
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
            lines.push(line);
            options.onLine?.(line);
        });
    }
    return await new Promise((resolve, reject) => {
        child.on('error', reject);
        child.on('close', (code) => {
            resolve({ code: code ?? -1, output: lines.join('\n') });
        });
    });
}
