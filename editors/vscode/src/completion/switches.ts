/** The switches of inline completion: everywhere, a language, a pattern of files, and for ten minutes. */
import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';
import { SECTION } from '../names.ts';
import type { LateSuggestions } from './late.ts';
import { languageIsOn, silence } from './rules.ts';

const SNOOZE_MS = 10 * 60_000;
const TICK_MS = 20_000;

export class Switches implements vscode.Disposable {
    readonly #changes = new vscode.EventEmitter<void>();
    readonly onChange = this.#changes.event;
    #snoozedUntil = 0;
    #tick: NodeJS.Timeout | undefined;
    readonly #listener = vscode.workspace.onDidChangeConfiguration((event) => {
        if (
            event.affectsConfiguration(`${SECTION}.completion`) ||
            event.affectsConfiguration(`${SECTION}.editor`)
        ) {
            this.#changes.fire();
        }
    });

    /** Keeps requests back that the user does not want. */
    middleware(late: LateSuggestions): Middleware {
        return {
            provideInlineCompletionItems: (document, position, context, token, next) => {
                const isExplicit = context.triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
                return this.silence(document, isExplicit) === undefined
                    ? late.watching(next)(document, position, context, token)
                    : undefined;
            },
        };
    }

    get isEnabled(): boolean {
        return vscode.workspace.getConfiguration(SECTION).get('completion.enabled', true);
    }

    get snoozedForMs(): number {
        return Math.max(0, this.#snoozedUntil - Date.now());
    }

    /** Why `document` gets no suggestion, or undefined where it may get one. */
    silence(document: vscode.TextDocument, isExplicit = false): string | undefined {
        const editor = vscode.workspace.getConfiguration(`${SECTION}.editor`, document.uri);
        const patterns = editor.get<string[]>('exclude', []);
        return silence({
            isEnabled: this.isEnabled,
            language: document.languageId,
            languages: editor.get<Record<string, boolean>>('languages', {}),
            excludedBy: patterns.find((pattern) => vscode.languages.match({ pattern }, document) > 0),
            snoozedForMs: this.snoozedForMs,
            isExplicit,
        });
    }

    languageIsOn(language: string): boolean {
        const editor = vscode.workspace.getConfiguration(`${SECTION}.editor`);
        return languageIsOn(editor.get<Record<string, boolean>>('languages', {}), language);
    }

    async toggle(): Promise<void> {
        const configuration = vscode.workspace.getConfiguration(SECTION);
        await configuration.update(
            'completion.enabled',
            !this.isEnabled,
            target(configuration, 'completion.enabled'),
        );
    }

    async toggleLanguage(language: string): Promise<void> {
        const configuration = vscode.workspace.getConfiguration(`${SECTION}.editor`);
        const languages = configuration.get<Record<string, boolean>>('languages', {});
        const changed = { ...languages, [language]: !this.languageIsOn(language) };
        await configuration.update('languages', changed, target(configuration, 'languages'));
    }

    /** No suggestions by themselves for ten minutes; called again, ends that. */
    snooze(): void {
        this.#snoozedUntil = this.snoozedForMs > 0 ? 0 : Date.now() + SNOOZE_MS;
        clearInterval(this.#tick);
        this.#tick = setInterval(() => {
            if (this.snoozedForMs === 0) {
                clearInterval(this.#tick);
            }
            this.#changes.fire();
        }, TICK_MS);
        this.#changes.fire();
    }

    dispose(): void {
        clearInterval(this.#tick);
        this.#listener.dispose();
        this.#changes.dispose();
    }
}

/** Where a setting is set already, so that the change has an effect; else the user's settings. */
function target(configuration: vscode.WorkspaceConfiguration, key: string): vscode.ConfigurationTarget {
    return configuration.inspect(key)?.workspaceValue === undefined
        ? vscode.ConfigurationTarget.Global
        : vscode.ConfigurationTarget.Workspace;
}
