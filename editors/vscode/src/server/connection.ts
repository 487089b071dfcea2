/** The language client of this window: started, watched, started again after a crash. */
import { dirname } from 'node:path';
import { performance } from 'node:perf_hooks';
import * as vscode from 'vscode';
import {
    CloseAction,
    ErrorAction,
    LanguageClient,
    ProgressType,
    State,
    WorkDoneProgress,
    type LanguageClientOptions,
    type Middleware,
} from 'vscode-languageclient/node';
import { SECTION } from '../names.ts';
import { asStatus, text, record, type ServerStatus } from '../wire.ts';
import { Backoff } from './backoff.ts';
import { EditorAbilities } from './abilities.ts';

export type ConnectionState = 'stopped' | 'starting' | 'running' | 'restarting' | 'failed';

/** How to run one command of the server. `onText` gets text as it is made, `onProgress` what the work is at. */
export interface RunOptions {
    readonly token?: vscode.CancellationToken;
    readonly onText?: (text: string) => void;
    readonly onProgress?: (message: string, percent: number | undefined) => void;
}

const PARTIAL_TEXT = new ProgressType<unknown>();
const EXIT_WITHIN_MS = 2_000;
const FIRST_WORD_MS = 20_000;

export class Connection implements vscode.Disposable {
    readonly #states = new vscode.EventEmitter<ConnectionState>();
    readonly #statuses = new vscode.EventEmitter<ServerStatus>();
    readonly #log: vscode.LogOutputChannel;
    readonly #logFolder: vscode.Uri;
    readonly #backoff = new Backoff();
    readonly onState = this.#states.event;
    readonly onStatus = this.#statuses.event;
    /** Set once, before the first start. */
    middleware: Middleware = {};
    state: ConnectionState = 'stopped';
    /** What the server that runs has said last of itself. */
    told: ServerStatus | undefined;
    #client: LanguageClient | undefined;
    #pause: NodeJS.Timeout | undefined;
    #tokens = 0;

    constructor(log: vscode.LogOutputChannel, logFolder: vscode.Uri) {
        this.#log = log;
        this.#logFolder = logFolder;
    }

    get serverLog(): vscode.Uri {
        return vscode.Uri.joinPath(this.#logFolder, 'server.log');
    }

    get client(): LanguageClient | undefined {
        return this.#client;
    }

    /** Starts the server at `command`, in place of one that runs. Resolves when it has answered or has failed. */
    async open(command: string): Promise<void> {
        await this.close();
        this.#backoff.reset();
        await this.#begin(command, 'starting');
    }

    async close(): Promise<void> {
        clearTimeout(this.#pause);
        const client = this.#client;
        this.#client = undefined;
        if (client) {
            await this.#end(client);
        }
        this.#enter('stopped');
    }

    /**
     * What the server says of itself. One that has just started is waited for: its first word comes when it knows its
     * settings. Undefined where none comes.
     */
    async status(): Promise<ServerStatus | undefined> {
        if (!this.told && this.state === 'running') {
            await new Promise<void>((resolve) => {
                const end = (): void => {
                    clearTimeout(timer);
                    listeners.dispose();
                    resolve();
                };
                const timer = setTimeout(end, FIRST_WORD_MS);
                const listeners = vscode.Disposable.from(this.onStatus(end), this.onState(end));
            });
        }
        return this.told;
    }

    /** True where the server of this version has the command. */
    has(command: string): boolean {
        const provider = this.#client?.initializeResult?.capabilities.executeCommandProvider;
        return this.state === 'running' && (provider?.commands.includes(command) ?? false);
    }

    /** Runs a command of the server with one argument. Rejects with the server's sentence. */
    async run(command: string, argument?: object, options: RunOptions = {}): Promise<unknown> {
        const client = this.#client;
        if (!client || this.state !== 'running') {
            throw new Error('Cornerman is not running yet; try again in a moment.');
        }
        if (!this.has(command)) {
            throw new Error(
                'The server cannot do that; run “Cornerman: Install or Update the Language Server”.',
            );
        }
        const partialResultToken = `cornerman-text-${++this.#tokens}`;
        const workDoneToken = `cornerman-work-${this.#tokens}`;
        const { onText, onProgress } = options;
        const subscriptions = [
            client.onProgress(PARTIAL_TEXT, partialResultToken, (part) =>
                onText?.(text(record(part)['text'])),
            ),
            client.onProgress(WorkDoneProgress.type, workDoneToken, (part) => {
                if (part.kind !== 'end') {
                    onProgress?.(part.message ?? '', part.percentage);
                }
            }),
        ];
        const params = {
            command,
            arguments: argument ? [onText ? { ...argument, partialResultToken } : argument] : [],
            ...(onProgress ? { workDoneToken } : {}),
        };
        try {
            const method = 'workspace/executeCommand';
            // A token that is undefined would be sent as a parameter.
            return options.token
                ? await client.sendRequest<unknown>(method, params, options.token)
                : await client.sendRequest<unknown>(method, params);
        } finally {
            vscode.Disposable.from(...subscriptions).dispose();
        }
    }

    dispose(): void {
        clearTimeout(this.#pause);
        this.#states.dispose();
        this.#statuses.dispose();
    }

    async #begin(command: string, state: ConnectionState): Promise<void> {
        this.#enter(state);
        const client = this.#makeClient(command);
        this.#client = client;
        try {
            await client.start();
        } catch (error) {
            this.#log.error(`The server did not start: ${String(error)}`);
        }
        if (this.#client !== client) {
            return;
        }
        if (client.state === State.Running) {
            this.#enter('running');
        } else {
            this.#enter('failed');
        }
    }

    #makeClient(command: string): LanguageClient {
        const args = ['serve', '--log-file', this.serverLog.fsPath];
        const options: LanguageClientOptions = {
            documentSelector: [{ scheme: 'file' }, { scheme: 'untitled' }],
            outputChannel: this.#log,
            middleware: this.middleware,
            errorHandler: {
                error: () => ({ action: ErrorAction.Continue }),
                closed: () => {
                    this.#crashed(client, command);
                    return { action: CloseAction.DoNotRestart, handled: true };
                },
            },
        };
        // Without a folder the client would run it in the workspace's.
        const program = { command, args, options: { cwd: dirname(command) } };
        const client = new LanguageClient(SECTION, 'Cornerman', program, options);
        client.registerFeature(new EditorAbilities());
        client.onNotification('cornerman/status', (params: unknown) => {
            const status = asStatus(params);
            if (status && client === this.#client) {
                this.told = status;
                this.#statuses.fire(status);
            }
        });
        return client;
    }

    #crashed(client: LanguageClient, command: string): void {
        if (client !== this.#client) {
            return;
        }
        const verdict = this.#backoff.crashed(performance.now());
        this.#client = undefined;
        if (verdict === 'give up') {
            this.#enter('failed');
            return;
        }
        this.#enter('restarting');
        this.#pause = setTimeout(() => void this.#begin(command, 'restarting'), verdict.restartAfterMs);
        if (verdict.isFirst) {
            void vscode.window.showWarningMessage(
                'Cornerman’s server has stopped and is being started again.',
            );
        }
    }

    async #end(client: LanguageClient): Promise<void> {
        try {
            await client.dispose(EXIT_WITHIN_MS);
        } catch (error) {
            this.#log.warn(`The server was slow to leave: ${String(error)}`);
        }
    }

    #enter(state: ConnectionState): void {
        this.state = state;
        if (state !== 'running') {
            this.told = undefined;
        }
        this.#states.fire(state);
    }
}
