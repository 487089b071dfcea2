/** The side panel: one answer at a time, written as it comes. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { Command, ContextKey, PANEL_VIEW } from '../names.ts';
import type { Reference } from '../wire.ts';
import { panelHtml } from './html.ts';
import { render } from './markdown.ts';
import type { FromPage, Page, ToPage } from './messages.ts';
import { openPlace } from './places.ts';

export interface Answer {
    readonly text: string;
    readonly references: readonly Reference[];
}

/** Makes an answer; gives its text in pieces on the way. */
export type Answering = (onText: (text: string) => void, token: vscode.CancellationToken) => Promise<Answer>;

const REDRAW_MS = 120;
const EMPTY: Page = {
    title: 'Cornerman',
    html: '',
    state: 'empty',
    note: 'Put the cursor into a function and run “Cornerman: Explain”, or ask about the workspace.',
    references: [],
};

export class Panel implements vscode.WebviewViewProvider, vscode.Disposable {
    readonly #extension: vscode.Uri;
    readonly #registration: vscode.Disposable;
    #view: vscode.WebviewView | undefined;
    #page = EMPTY;
    #text = '';
    #references: readonly Reference[] = [];
    #cancellation: vscode.CancellationTokenSource | undefined;
    #isDrawing = false;

    constructor(extension: vscode.Uri) {
        this.#extension = extension;
        this.#registration = vscode.Disposable.from(
            vscode.window.registerWebviewViewProvider(PANEL_VIEW, this),
            vscode.commands.registerCommand(Command.stopAnswer, () => this.#cancellation?.cancel()),
            vscode.commands.registerCommand(Command.copyAnswer, () =>
                vscode.env.clipboard.writeText(this.#text),
            ),
        );
    }

    /** Shows the panel and fills it; ends the answer before. Resolves when the answer is complete. */
    async show(title: string, answering: Answering): Promise<void> {
        this.#cancellation?.cancel();
        const cancellation = new vscode.CancellationTokenSource();
        this.#cancellation = cancellation;
        this.#text = '';
        this.#references = [];
        this.#put({ title, html: '', state: 'working', note: 'Thinking …', references: [] });
        await vscode.commands.executeCommand('setContext', ContextKey.isAnswering, true);
        await vscode.commands.executeCommand(`${PANEL_VIEW}.focus`, { preserveFocus: true });
        const isCurrent = (): boolean => this.#cancellation === cancellation;
        try {
            const answer = await answering((piece) => {
                if (isCurrent()) {
                    this.#text += piece;
                    this.#draw();
                }
            }, cancellation.token);
            if (isCurrent()) {
                this.#text = answer.text || this.#text;
                this.#references = answer.references;
                await this.#finish('done', '');
            }
        } catch (error) {
            if (isCurrent()) {
                const isStopped = cancellation.token.isCancellationRequested;
                const reason = error instanceof Error ? error.message : String(error);
                await this.#finish(isStopped ? 'stopped' : 'failed', isStopped ? 'Stopped.' : reason);
            }
        } finally {
            if (isCurrent()) {
                await vscode.commands.executeCommand('setContext', ContextKey.isAnswering, false);
            }
            cancellation.dispose();
        }
    }

    resolveWebviewView(view: vscode.WebviewView): void {
        const file = (...path: string[]): vscode.Uri => vscode.Uri.joinPath(this.#extension, ...path);
        this.#view = view;
        view.webview.options = { enableScripts: true, localResourceRoots: [file('dist'), file('media')] };
        view.webview.onDidReceiveMessage((message: FromPage) => this.#receive(message));
        view.onDidDispose(() => (this.#view = undefined));
        view.webview.html = panelHtml({
            style: view.webview.asWebviewUri(file('media', 'panel.css')).toString(),
            script: view.webview.asWebviewUri(file('dist', 'panel.js')).toString(),
            cspSource: view.webview.cspSource,
            nonce: randomBytes(16).toString('hex'),
        });
    }

    dispose(): void {
        this.#cancellation?.cancel();
        this.#registration.dispose();
    }

    async #receive(message: FromPage): Promise<void> {
        switch (message.type) {
            case 'ready':
                this.#put(this.#page);
                break;
            case 'stop':
                this.#cancellation?.cancel();
                break;
            case 'reference': {
                const reference = this.#references[message.index];
                if (reference) {
                    const position = new vscode.Position(reference.line, 0);
                    const selection = new vscode.Range(position, position);
                    await vscode.window.showTextDocument(vscode.Uri.parse(reference.uri), { selection });
                }
                break;
            }
            case 'open':
                await openPlace(message.path, message.line);
        }
    }

    /** Renders what there is, soon, and not more often than a reader can follow. */
    #draw(): void {
        if (!this.#isDrawing) {
            this.#isDrawing = true;
            setTimeout(() => void this.#redraw(), REDRAW_MS);
        }
    }

    async #redraw(): Promise<void> {
        this.#isDrawing = false;
        const html = await render(this.#text);
        if (this.#page.state === 'working') {
            this.#put({ ...this.#page, html, note: 'Writing …' });
        }
    }

    async #finish(state: Page['state'], note: string): Promise<void> {
        const references = this.#references.map((reference) => reference.label);
        this.#put({ ...this.#page, html: await render(this.#text), state, note, references });
    }

    #put(page: Page): void {
        this.#page = page;
        void this.#view?.webview.postMessage({ type: 'page', page } satisfies ToPage);
    }
}
