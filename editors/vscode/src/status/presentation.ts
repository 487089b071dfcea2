/** What the status item says, from plain values. */
import { minutes } from '../completion/rules.ts';
import type { ConnectionState } from '../server/connection.ts';
import type { ServerStatus } from '../wire.ts';

/** Work of the extension itself, before and beside the server. */
export interface Chore {
    readonly title: string;
    readonly percent: number | undefined;
}

export interface Circumstances {
    readonly connection: ConnectionState;
    readonly isServerMissing: boolean;
    readonly chore: Chore | undefined;
    readonly server: ServerStatus | undefined;
    readonly isEnabled: boolean;
    readonly isLanguageOn: boolean;
    readonly language: string;
    readonly snoozedForMs: number;
}

/** `text` is short and has an icon; `detail` is a sentence; `hasProblem` asks for the user's attention. */
export interface Presentation {
    readonly text: string;
    readonly detail: string;
    readonly hasProblem: boolean;
}

export function present(now: Circumstances): Presentation {
    if (now.chore) {
        return calm('sync~spin', withPercent(now.chore.title, now.chore.percent));
    }
    if (now.isServerMissing) {
        return problem('Cornerman is not set up: its language server was not found.');
    }
    switch (now.connection) {
        case 'starting':
            return calm('sync~spin', 'The server is being started.');
        case 'restarting':
            return calm('sync~spin', 'The server has stopped and is being started again.');
        case 'failed':
            return problem('The server does not stay up; the log says why.');
        case 'stopped':
            return calm('circle-slash', 'The server is not running.');
        case 'running':
            return running(now);
    }
}

function running(now: Circumstances): Presentation {
    const server = now.server;
    if (server?.state === 'error') {
        return problem(server.message);
    }
    if (!now.isEnabled || server?.state === 'off') {
        return calm('circle-slash', 'Completions are turned off.');
    }
    if (now.snoozedForMs > 0) {
        return calm('bell-slash', `Completions are snoozed for ${minutes(now.snoozedForMs)}.`);
    }
    if (!now.isLanguageOn) {
        return calm('circle-slash', `Completions are turned off for ${now.language}.`);
    }
    const model = server?.model ?? '';
    switch (server?.state) {
        case 'loading':
            return calm('sync~spin', `${model} is being loaded …`);
        case 'thinking':
            return calm('loading~spin', `${model} is thinking.`);
        case 'ready':
            return calm('sparkle', `${model} is ready${speed(server.tokensPerSecond)}.`);
        default:
            return calm('sparkle', model ? `${model} starts when it is needed.` : 'Ready when you type.');
    }
}

/** `0.3 GB`, `491 MB`: what a download is, in the units of shops. */
export function size(bytes: number): string {
    return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}

function speed(tokensPerSecond: number | undefined): string {
    return tokensPerSecond === undefined ? '' : `, ${Math.round(tokensPerSecond)} tokens/s`;
}

function withPercent(sentence: string, percent: number | undefined): string {
    return percent === undefined ? `${sentence} …` : `${sentence}: ${Math.round(percent)} %`;
}

function calm(icon: string, detail: string): Presentation {
    return { text: `$(${icon}) Cornerman`, detail, hasProblem: false };
}

function problem(detail: string): Presentation {
    return { text: '$(warning) Cornerman', detail, hasProblem: true };
}
