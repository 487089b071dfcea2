/** Installs the server into an environment of its own, by uv or by Python's venv and pip. */
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { programOf } from './finder.ts';
import { run, type Ended, type RunOptions } from './process.ts';

export type Runner = (command: string, args: readonly string[], options: RunOptions) => Promise<Ended>;

/** An expected failure; the message is one sentence for the user. */
export class InstallError extends Error {}

export interface Installation {
    /** The environment's folder; what was there before is replaced once the new one works. */
    readonly folder: string;
    /** What pip installs: a name, a path or a URL. */
    readonly package: string;
    readonly platform: NodeJS.Platform;
    readonly signal: AbortSignal;
    readonly onStep: (step: string) => void;
    readonly onLine: (line: string) => void;
}

const PYTHONS = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const CHECK = 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))';

/**
 * Makes the environment and installs the package into it; resolves to the path of the server's program.
 * Rejects with InstallError, and then the folder is as it was.
 */
export async function install(wanted: Installation, runner: Runner = run): Promise<string> {
    const home = dirname(wanted.folder);
    const options = { cwd: home, signal: wanted.signal, onLine: wanted.onLine };
    const step = async (title: string, command: string, args: readonly string[]): Promise<void> => {
        wanted.onStep(title);
        wanted.onLine(`> ${[command, ...args].join(' ')}`);
        const ended = await runner(command, args, options);
        if (ended.code !== 0) {
            throw new InstallError(`${title} failed; the log says why.`);
        }
    };
    const old = `${wanted.folder}.old`;
    await mkdir(home, { recursive: true });
    await rm(old, { recursive: true, force: true });
    // An environment cannot be moved once it is made, so the old one steps aside.
    const hadOld = await renamed(wanted.folder, old);
    try {
        const python = programOf(wanted.folder, 'python', wanted.platform);
        if (await works(runner, 'uv', ['--version'], wanted)) {
            await step('Making an environment with uv', 'uv', ['venv', '--python', '>=3.10', wanted.folder]);
            await step('Installing Cornerman', 'uv', ['pip', 'install', '--python', python, wanted.package]);
        } else {
            const base = await findPython(runner, wanted);
            await step('Making an environment', base[0], [...base.slice(1), '-m', 'venv', wanted.folder]);
            const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--progress-bar', 'off'];
            await step('Installing Cornerman', python, [...pip, wanted.package]);
        }
        const program = programOf(wanted.folder, 'cornerman', wanted.platform);
        await step('Trying the installed server', program, ['--version']);
        await rm(old, { recursive: true, force: true });
        return program;
    } catch (error) {
        await rm(wanted.folder, { recursive: true, force: true });
        if (hadOld) {
            await renamed(old, wanted.folder);
        }
        throw error;
    }
}

/** The command of a Python that is new enough and can make environments. */
async function findPython(runner: Runner, wanted: Installation): Promise<[string, ...string[]]> {
    const launcher: [string, ...string[]][] = wanted.platform === 'win32' ? [['py', '-3']] : [];
    for (const command of [...launcher, ...PYTHONS.map((name): [string, ...string[]] => [name])]) {
        if (await works(runner, command[0], [...command.slice(1), '-c', CHECK], wanted)) {
            return command;
        }
    }
    throw new InstallError('Install Python 3.10 or newer with its venv module, or uv, and try again.');
}

async function works(
    runner: Runner,
    command: string,
    args: readonly string[],
    { folder, signal }: Installation,
): Promise<boolean> {
    try {
        return (await runner(command, args, { cwd: dirname(folder), signal })).code === 0;
    } catch (error) {
        if (signal.aborted) {
            throw error;
        }
        return false;
    }
}

async function renamed(from: string, to: string): Promise<boolean> {
    try {
        await rename(from, to);
        return true;
    } catch {
        return false;
    }
}
