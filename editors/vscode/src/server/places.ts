/** The places of the finder on this machine and in this workspace. */
import { access, constants } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { SECTION } from '../names.ts';
import { record, text } from '../wire.ts';
import { findServer, versionIn, type Found, type Places } from './finder.ts';
import { run } from './process.ts';

const PROBE_MS = 20_000;

/** The environment that the installer makes. */
export function storageFolder(context: vscode.ExtensionContext): string {
    return join(context.globalStorageUri.fsPath, 'server');
}

/** The server to use, or undefined where none was found. Programs of untrusted workspaces are not run. */
export async function locate(
    context: vscode.ExtensionContext,
    log: vscode.LogOutputChannel,
): Promise<Found | undefined> {
    const places: Places = {
        setting: serverPath(),
        environments: vscode.workspace.isTrusted ? await environments() : [],
        searchPath: process.env['PATH'] ?? '',
        storage: storageFolder(context),
        platform: process.platform,
    };
    return await findServer(places, isExecutable, (command) => probe(command, log));
}

/** The user's own path of the server, or nothing. */
export function serverPath(): string {
    return vscode.workspace.getConfiguration(`${SECTION}.server`).get('path', '');
}

async function probe(command: string, log: vscode.LogOutputChannel): Promise<string | undefined> {
    try {
        const options = { cwd: dirname(command), signal: AbortSignal.timeout(PROBE_MS) };
        const ended = await run(command, ['--version'], options);
        const version = ended.code === 0 ? versionIn(ended.output) : undefined;
        log.info(`${command}: ${version ?? `not usable, exit code ${ended.code}`}`);
        return version;
    } catch (error) {
        log.warn(`${command} could not be run: ${String(error)}`);
        return undefined;
    }
}

async function isExecutable(path: string): Promise<boolean> {
    try {
        await access(path, constants.X_OK);
        return true;
    } catch {
        return false;
    }
}

/** Folders of the Python environments in use here: the one that is chosen first. */
async function environments(): Promise<string[]> {
    const folders = vscode.workspace.workspaceFolders?.filter((folder) => folder.uri.scheme === 'file') ?? [];
    const found: string[] = [];
    for (const folder of folders) {
        const chosen = await chosenEnvironment(folder.uri);
        found.push(
            ...(chosen ? [chosen] : []),
            join(folder.uri.fsPath, '.venv'),
            join(folder.uri.fsPath, 'venv'),
        );
    }
    return found;
}

/** The parts of the Python extension's interface that are used here. */
interface PythonApi {
    readonly environments: {
        getActiveEnvironmentPath(resource: vscode.Uri): unknown;
        resolveEnvironment(path: unknown): Promise<unknown>;
    };
}

async function chosenEnvironment(folder: vscode.Uri): Promise<string | undefined> {
    const python = vscode.extensions.getExtension<Partial<PythonApi>>('ms-python.python');
    try {
        const api = (await python?.activate())?.environments;
        const environment = api && (await api.resolveEnvironment(api.getActiveEnvironmentPath(folder)));
        const prefix = record(record(environment)['executable'])['sysPrefix'];
        return text(prefix) || undefined;
    } catch {
        return undefined;
    }
}
