/** From an extension that was just installed to one that works: server, then model. */
import * as vscode from 'vscode';
import { ContextKey, SECTION } from './names.ts';
import type { Models } from './models/models.ts';
import type { Connection } from './server/connection.ts';
import { install, InstallError } from './server/installer.ts';
import { locate, serverPath, storageFolder } from './server/places.ts';
import type { StatusItem } from './status/item.ts';

const INSTALL = 'Install';
const CHOOSE = 'I Have It…';
const SETTINGS = 'Open Settings';
const LOG = 'Show Log';

export interface Parts {
    readonly context: vscode.ExtensionContext;
    readonly log: vscode.LogOutputChannel;
    readonly connection: Connection;
    readonly status: StatusItem;
    readonly models: Models;
}

export class Setup {
    readonly #parts: Parts;
    #lastStart: Promise<unknown> = Promise.resolve();

    constructor(parts: Parts) {
        this.#parts = parts;
    }

    /** Starts what is there and offers what is missing. Starts wait for each other, but not for an answer. */
    async run(): Promise<void> {
        const starting = this.#lastStart.then(() => this.#start());
        this.#lastStart = starting.catch(() => undefined);
        try {
            switch (await starting) {
                case 'not found':
                    if (await this.#offerServer()) {
                        await this.run();
                    }
                    break;
                case 'failed':
                    void this.#showFailure('Cornerman’s server did not start.');
                    break;
                case 'running': {
                    const isReady = await this.#parts.models.ensure();
                    await vscode.commands.executeCommand('setContext', ContextKey.isReady, isReady);
                }
            }
        } catch (error) {
            this.#parts.log.error(String(error));
            void this.#showFailure('Setting up Cornerman failed; the log says why.');
        }
    }

    /** Installs the server, whether or not there is one, and starts it. False when it was not installed. */
    async installServer(): Promise<boolean> {
        const { connection, status, log } = this.#parts;
        await connection.close();
        const where = {
            location: vscode.ProgressLocation.Notification,
            title: 'Installing Cornerman’s language server',
            cancellable: true,
        };
        try {
            await vscode.window.withProgress(where, (progress, token) => this.#install(progress, token));
            return true;
        } catch (error) {
            log.error(`Installing failed: ${String(error)}`);
            const sentence =
                error instanceof InstallError ? error.message : 'Installing failed; the log says why.';
            void this.#showFailure(sentence);
            return false;
        } finally {
            status.chore = undefined;
        }
    }

    /** Starts the server that is found, in place of the one that runs. */
    async #start(): Promise<'running' | 'failed' | 'not found'> {
        const { context, connection, log } = this.#parts;
        const found = await locate(context, log);
        await this.#setFound(found !== undefined);
        if (!found) {
            await connection.close();
            return 'not found';
        }
        log.info(`using ${found.command}, version ${found.version}`);
        await connection.open(found.command);
        return connection.state === 'running' ? 'running' : 'failed';
    }

    /** True when a server has been installed, or may be found now. */
    async #offerServer(): Promise<boolean> {
        const path = serverPath();
        if (path) {
            const sentence = `The program ${path} of the setting cornerman.server.path does not work.`;
            if ((await vscode.window.showErrorMessage(sentence, SETTINGS)) === SETTINGS) {
                await this.#openPathSetting();
            }
            return false;
        }
        const question =
            'Cornerman needs its language server, a Python package. ' +
            'Install it into a folder of this extension? Nothing else on this machine is changed.';
        const answer = await vscode.window.showInformationMessage(question, INSTALL, CHOOSE);
        if (answer === CHOOSE) {
            await this.#openPathSetting();
        }
        return answer === INSTALL && (await this.installServer());
    }

    async #install(
        progress: vscode.Progress<{ message?: string }>,
        token: vscode.CancellationToken,
    ): Promise<void> {
        const { context, log, status } = this.#parts;
        const abort = new AbortController();
        const listener = token.onCancellationRequested(() => {
            abort.abort();
        });
        try {
            await install({
                folder: storageFolder(context),
                package: vscode.workspace.getConfiguration(`${SECTION}.server`).get('package', 'cornerman'),
                platform: process.platform,
                signal: abort.signal,
                onStep: (message) => {
                    log.info(message);
                    progress.report({ message });
                    status.chore = { title: message, percent: undefined };
                },
                onLine: (line) => {
                    log.info(line);
                },
            });
        } finally {
            listener.dispose();
        }
    }

    async #setFound(isFound: boolean): Promise<void> {
        this.#parts.status.isServerMissing = !isFound;
        await vscode.commands.executeCommand('setContext', ContextKey.isServerFound, isFound);
    }

    async #showFailure(sentence: string): Promise<void> {
        if ((await vscode.window.showErrorMessage(sentence, LOG)) === LOG) {
            this.#parts.log.show();
        }
    }

    async #openPathSetting(): Promise<void> {
        await vscode.commands.executeCommand('workbench.action.openSettings', `${SECTION}.server.path`);
    }
}
