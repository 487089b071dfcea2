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
    #running: Promise<void> | undefined;

    constructor(parts: Parts) {
        this.#parts = parts;
    }

    /** Starts what is there and offers what is missing. A second call joins the first. */
    run(): Promise<void> {
        this.#running ??= this.#setUp()
            .catch(async (error: unknown) => {
                this.#parts.log.error(String(error));
                await this.#showFailure('Setting up Cornerman failed; the log says why.');
            })
            .finally(() => (this.#running = undefined));
        return this.#running;
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

    async #setUp(): Promise<void> {
        const { context, connection, status, log, models } = this.#parts;
        let found = await locate(context, log);
        if (!found) {
            await this.#setFound(false);
            if (!(await this.#offerServer())) {
                return;
            }
            found = await locate(context, log);
        }
        await this.#setFound(found !== undefined);
        if (!found) {
            return;
        }
        log.info(`using ${found.command}, version ${found.version}`);
        await connection.open(found.command);
        if (connection.state !== 'running') {
            void this.#showFailure('Cornerman’s server did not start.');
            return;
        }
        const isReady = await models.ensure();
        status.chore = undefined;
        await vscode.commands.executeCommand('setContext', ContextKey.isReady, isReady);
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
