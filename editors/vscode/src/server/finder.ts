/** Where the language server may be, in the order of preference. */
import { delimiter, isAbsolute, join } from 'node:path';
import { homedir } from 'node:os';

export type Source = 'setting' | 'environment' | 'path' | 'storage';

export interface Candidate {
    readonly command: string;
    readonly source: Source;
}

export interface Found extends Candidate {
    readonly version: string;
}

/** What is looked at. `environments` and `storage` are folders of Python environments. */
export interface Places {
    readonly setting: string;
    readonly environments: readonly string[];
    readonly searchPath: string;
    readonly storage: string;
    readonly platform: NodeJS.Platform;
}

/** The version of the server at `command`, or undefined where there is none that works. */
export type Probe = (command: string) => Promise<string | undefined>;

/** A setting is an order: nothing else is tried then. Relative paths are none: they would depend on the folder. */
export function candidates(places: Places): Candidate[] {
    if (places.setting.trim()) {
        const command = expandHome(places.setting.trim());
        return isAbsolute(command) ? [{ command, source: 'setting' }] : [];
    }
    const folders = places.searchPath.split(delimiter).filter((folder) => isAbsolute(folder));
    return [
        ...places.environments.map((environment): Candidate => ({
            command: programOf(environment, 'cornerman', places.platform),
            source: 'environment',
        })),
        ...folders.map((folder): Candidate => ({
            command: join(folder, executable('cornerman', places.platform)),
            source: 'path',
        })),
        { command: programOf(places.storage, 'cornerman', places.platform), source: 'storage' },
    ];
}

/** The first candidate that exists and answers. */
export async function findServer(
    places: Places,
    exists: (path: string) => Promise<boolean>,
    probe: Probe,
): Promise<Found | undefined> {
    for (const candidate of candidates(places)) {
        if (await exists(candidate.command)) {
            const version = await probe(candidate.command);
            if (version !== undefined) {
                return { ...candidate, version };
            }
        }
    }
    return undefined;
}

/** The path of a program inside a Python environment. */
export function programOf(environment: string, name: string, platform: NodeJS.Platform): string {
    return join(environment, platform === 'win32' ? 'Scripts' : 'bin', executable(name, platform));
}

/** `1.2.3` of `cornerman 1.2.3`. */
export function versionIn(output: string): string | undefined {
    return /^cornerman (\d+\.\d+\.\d+\S*)$/m.exec(output.trim())?.[1];
}

function executable(name: string, platform: NodeJS.Platform): string {
    return platform === 'win32' ? `${name}.exe` : name;
}

function expandHome(path: string): string {
    return path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
}
