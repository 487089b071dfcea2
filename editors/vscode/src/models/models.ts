/** Models: which there are, the offer of the one that fits, downloads with progress. */
import * as vscode from 'vscode';
import { ContextKey, SECTION, ServerCommand } from '../names.ts';
import type { Connection } from '../server/connection.ts';
import type { StatusItem } from '../status/item.ts';
import { size } from '../status/presentation.ts';
import { asModels, type Model } from '../wire.ts';
import { choicesOf, neededModel } from './choices.ts';

const DOWNLOAD = 'Download';
const OTHER = 'Choose Another…';

export class Models {
    readonly #connection: Connection;
    readonly #status: StatusItem;

    constructor(connection: Connection, status: StatusItem) {
        this.#connection = connection;
        this.#status = status;
    }

    /** Offers a model if the server lacks the one to use. True when nothing is missing in the end. */
    async ensure(): Promise<boolean> {
        const needed = neededModel(await this.#connection.status(), await this.#list());
        if (!needed) {
            return true;
        }
        const question =
            `Cornerman needs a model. ${needed.title} suits this machine: ` +
            `a download of ${size(needed.sizeBytes)}, once, and then it works offline.`;
        const answer = await vscode.window.showInformationMessage(question, DOWNLOAD, OTHER);
        if (answer === OTHER) {
            return await this.choose();
        }
        return answer === DOWNLOAD && (await this.download(needed.name, needed.title));
    }

    /** Lets the user pick a model; what is not on this machine is downloaded. True when one was chosen. */
    async choose(): Promise<boolean> {
        const picked = await vscode.window.showQuickPick(choicesOf(await this.#list()), {
            title: 'Choose a Model',
            placeHolder: 'Models that suit this machine stand first',
            matchOnDescription: true,
        });
        return picked !== undefined && (await this.use(picked.model));
    }

    /** Downloads `model` if need be, and makes it the one in use. False when the user has stopped it. */
    async use(model: Model): Promise<boolean> {
        if (!model.installed && !(await this.download(model.name, model.title))) {
            return false;
        }
        if (!model.inUse) {
            const configuration = vscode.workspace.getConfiguration(SECTION);
            await configuration.update('model', model.name, vscode.ConfigurationTarget.Global);
        }
        return true;
    }

    /** Fetches a model, the recommended one without a name; failures are shown. */
    async download(name: string | undefined, title: string): Promise<boolean> {
        const where = {
            location: vscode.ProgressLocation.Notification,
            title: `Downloading ${title}`,
            cancellable: true,
        };
        try {
            await vscode.window.withProgress(where, async (progress, token) => {
                await this.#pull(name, progress, token);
            });
            await vscode.commands.executeCommand('setContext', ContextKey.isReady, true);
            return true;
        } catch (error) {
            if (!(error instanceof vscode.CancellationError)) {
                void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
            }
            return false;
        } finally {
            this.#status.chore = undefined;
        }
    }

    async #pull(
        name: string | undefined,
        progress: vscode.Progress<{ message?: string; increment?: number }>,
        token: vscode.CancellationToken,
    ): Promise<void> {
        let before = 0;
        this.#status.chore = { title: 'The model is being downloaded', percent: undefined };
        await this.#connection.run(ServerCommand.pull, name ? { model: name } : {}, {
            token,
            onProgress: (message, percent) => {
                progress.report({
                    message,
                    ...(percent === undefined ? {} : { increment: percent - before }),
                });
                before = percent ?? before;
                this.#status.chore = { title: 'The model is being downloaded', percent };
            },
        });
        if (token.isCancellationRequested) {
            throw new vscode.CancellationError();
        }
    }

    async #list(): Promise<Model[]> {
        return asModels(await this.#connection.run(ServerCommand.models));
    }
}
