/** What the server sends, as docs/protocol.md has it; checked as far as this extension relies on it. */
import type { WorkspaceEdit } from 'vscode-languageclient/node';

export type ServerState = 'idle' | 'loading' | 'thinking' | 'ready' | 'off' | 'error';

export interface Fix {
    readonly title: string;
    readonly command: string;
    readonly arguments: readonly unknown[];
}

/** Parameters of the notification `cornerman/status`. */
export interface ServerStatus {
    readonly state: ServerState;
    readonly model: string;
    readonly message: string;
    readonly tokensPerSecond: number | undefined;
    readonly fix: Fix | undefined;
}

export interface Check {
    readonly name: string;
    readonly passed: boolean;
}

/** The end of one edit: offered or applied with an edit, or refused with a reason. */
export interface Offer {
    readonly status: 'offered' | 'applied' | 'refused';
    readonly title: string;
    readonly reason: string;
    /** Belongs beside the edit: it has failed a check. */
    readonly warning: string;
    readonly edit: WorkspaceEdit | null;
    readonly checks: readonly Check[];
}

export interface Model {
    readonly name: string;
    readonly title: string;
    readonly sizeBytes: number;
    readonly installed: boolean;
    readonly fit: string;
    readonly license: string;
    readonly recommended: boolean;
    readonly inUse: boolean;
}

/** A place of the workspace that an answer refers to; lines count from 0. */
export interface Reference {
    readonly label: string;
    readonly uri: string;
    readonly line: number;
}

/** How one request for a completion ended. */
export interface Outcome {
    readonly uri: string;
    readonly suggested: boolean;
    readonly reason: string;
    readonly totalMs: number;
}

const STATES: readonly string[] = ['idle', 'loading', 'thinking', 'ready', 'off', 'error'];

export function asStatus(value: unknown): ServerStatus | undefined {
    const it = record(value);
    const state = text(it['state']);
    if (!STATES.includes(state)) {
        return undefined;
    }
    const fix = record(it['fix']);
    return {
        state: state as ServerState,
        model: text(it['model']),
        message: text(it['message']),
        tokensPerSecond: number(it['tokensPerSecond']),
        fix: text(fix['command'])
            ? { title: text(fix['title']), command: text(fix['command']), arguments: list(fix['arguments']) }
            : undefined,
    };
}

export function asOffer(value: unknown): Offer | undefined {
    const it = record(value);
    const status = text(it['status']);
    const edit = it['edit'];
    if (status !== 'offered' && status !== 'applied' && status !== 'refused') {
        return undefined;
    }
    return {
        status,
        title: text(it['title']),
        reason: text(it['reason']),
        warning: text(it['warning']),
        edit: typeof edit === 'object' ? edit : null,
        checks: list(it['checks'])
            .map(record)
            .map((check) => ({ name: text(check['name']), passed: check['passed'] === true })),
    };
}

export function asModels(value: unknown): Model[] {
    return list(record(value)['models'])
        .map(record)
        .filter((model) => text(model['name']))
        .map((model) => ({
            name: text(model['name']),
            title: text(model['title']) || text(model['name']),
            sizeBytes: number(model['sizeBytes']) ?? 0,
            installed: model['installed'] === true,
            fit: text(model['fit']),
            license: text(model['license']),
            recommended: model['recommended'] === true,
            inUse: model['inUse'] === true,
        }));
}

export function asOutcomes(value: unknown): Outcome[] {
    return list(value)
        .map(record)
        .map((it) => ({
            uri: text(it['uri']),
            suggested: it['suggested'] === true,
            reason: text(it['reason']),
            totalMs: number(it['totalMs']) ?? 0,
        }));
}

/** The `definitions` of an explanation or the `citations` of an answer. */
export function asReferences(value: unknown): Reference[] {
    const it = record(value);
    const definitions = list(it['definitions']).map(record);
    const citations = list(it['citations']).map(record);
    return [
        ...definitions.map((definition) => ({
            label: text(definition['name']),
            uri: text(definition['uri']),
            line: number(record(record(definition['range'])['start'])['line']) ?? 0,
        })),
        ...citations.map((citation) => {
            const line = number(citation['line']) ?? 1;
            return { label: `${text(citation['path'])}:${line}`, uri: text(citation['uri']), line: line - 1 };
        }),
    ].filter((reference) => reference.uri);
}

export function record(value: unknown): Readonly<Record<string, unknown>> {
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

export function list(value: unknown): readonly unknown[] {
    return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string {
    return typeof value === 'string' ? value : '';
}

export function number(value: unknown): number | undefined {
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
