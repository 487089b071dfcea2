/** Shows an edit in a diff editor, and asks whether it is wanted. */
import * as vscode from 'vscode';
import { Command, ContextKey, PREVIEW_SCHEME } from '../names.ts';
import { list, record, type Offer } from '../wire.ts';
import { applied, changesOf, type DocumentChange } from './edits.ts';

const APPLY = 'Apply';
const DISCARD = 'Discard';

/** One preview at a time; a new one discards the one before. */
export class Preview implements vscode.Disposable, vscode.TextDocumentContentProvider {
    readonly #texts = new Map<string, string>();
    readonly #registration: vscode.Disposable;
    #decide: ((isWanted: boolean) => void) | undefined;
    #number = 0;

    constructor() {
        this.#registration = vscode.Disposable.from(
            vscode.workspace.registerTextDocumentContentProvider(PREVIEW_SCHEME, this),
            vscode.commands.registerCommand(Command.applyPreview, () => this.#decide?.(true)),
            vscode.commands.registerCommand(Command.discardPreview, () => this.#decide?.(false)),
            vscode.window.tabGroups.onDidChangeTabs((event) => {
                if (event.closed.some(isPreview)) {
                    this.#decide?.(false);
                }
            }),
        );
    }

    provideTextDocumentContent(uri: vscode.Uri): string {
        return this.#texts.get(uri.toString()) ?? '';
    }

    /** True when the user wants the edit of `offer`, false when it is discarded or its diff is closed. */
    async confirm(offer: Offer): Promise<boolean> {
        this.#decide?.(false);
        this.#number += 1;
        const changes = offer.edit ? changesOf(offer.edit) : [];
        const pairs = await Promise.all(changes.map((change) => this.#pair(change)));
        const decision = new Promise<boolean>((resolve) => {
            this.#decide = resolve;
        });
        await vscode.commands.executeCommand('setContext', ContextKey.isPreviewing, true);
        await open(pairs, offer.title);
        void this.#ask(offer);
        const isWanted = await decision;
        this.#decide = undefined;
        await vscode.commands.executeCommand('setContext', ContextKey.isPreviewing, false);
        await vscode.window.tabGroups.close(
            vscode.window.tabGroups.all.flatMap((group) => group.tabs.filter(isPreview)),
        );
        this.#texts.clear();
        return isWanted;
    }

    dispose(): void {
        this.#decide?.(false);
        this.#registration.dispose();
    }

    async #ask(offer: Offer): Promise<void> {
        const decide = this.#decide;
        const passed = offer.checks.filter((check) => check.passed).map((check) => check.name);
        const checked = passed.length ? `Checked: ${passed.join(', ')}.` : '';
        const question = [`${offer.title}: apply it?`, offer.warning || checked].filter(Boolean).join(' ');
        const answer = await vscode.window.showInformationMessage(question, APPLY, DISCARD);
        if (answer && decide === this.#decide) {
            decide?.(answer === APPLY);
        }
    }

    async #pair(change: DocumentChange): Promise<Pair> {
        const uri = vscode.Uri.parse(change.uri);
        const before = change.isNew ? '' : (await vscode.workspace.openTextDocument(uri)).getText();
        const side = (name: string): vscode.Uri =>
            vscode.Uri.from({ scheme: PREVIEW_SCHEME, path: uri.path, query: `${name}-${this.#number}` });
        const after = side('after');
        this.#texts.set(after.toString(), applied(before, change.edits));
        return { uri, before: change.isNew ? side('before') : uri, after };
    }
}

interface Pair {
    readonly uri: vscode.Uri;
    readonly before: vscode.Uri;
    readonly after: vscode.Uri;
}

async function open(pairs: readonly Pair[], title: string): Promise<void> {
    const [first] = pairs;
    if (first && pairs.length === 1) {
        await vscode.commands.executeCommand('vscode.diff', first.before, first.after, title, {
            preview: true,
        });
    } else {
        const resources = pairs.map((pair) => [pair.uri, pair.before, pair.after]);
        await vscode.commands.executeCommand('vscode.changes', title, resources);
    }
}

/** A difference of ours, by itself or in the editor of several. */
function isPreview(tab: vscode.Tab): boolean {
    const { input } = tab;
    const differences = input instanceof vscode.TabInputTextDiff ? [input] : list(record(input)['textDiffs']);
    return differences.some(
        (one) => one instanceof vscode.TabInputTextDiff && one.modified.scheme === PREVIEW_SCHEME,
    );
}
