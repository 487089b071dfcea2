/** The status item, and what it knows. */
import * as vscode from 'vscode';
import { Command } from '../names.ts';
import type { Switches } from '../completion/switches.ts';
import type { Connection } from '../server/connection.ts';
import type { Fix } from '../wire.ts';
import { present, type Chore, type Presentation } from './presentation.ts';

export class StatusItem implements vscode.Disposable {
    readonly #item = vscode.window.createStatusBarItem('cornerman', vscode.StatusBarAlignment.Right, 100);
    readonly #connection: Connection;
    readonly #switches: Switches;
    readonly #subscriptions: vscode.Disposable;
    #chore: Chore | undefined;
    #isServerMissing = false;

    constructor(connection: Connection, switches: Switches) {
        this.#connection = connection;
        this.#switches = switches;
        this.#item.name = 'Cornerman';
        this.#item.command = Command.showMenu;
        this.#subscriptions = vscode.Disposable.from(
            this.#item,
            connection.onState(() => {
                this.#draw();
            }),
            connection.onStatus(() => {
                this.#draw();
            }),
            switches.onChange(() => {
                this.#draw();
            }),
            vscode.window.onDidChangeActiveTextEditor(() => {
                this.#draw();
            }),
        );
        this.#draw();
        this.#item.show();
    }

    /** The server's remedy for its error, if it has one. */
    get fix(): Fix | undefined {
        return this.#connection.told?.fix;
    }

    get isServerMissing(): boolean {
        return this.#isServerMissing;
    }

    set isServerMissing(isMissing: boolean) {
        this.#isServerMissing = isMissing;
        this.#draw();
    }

    /** What the extension itself is at; undefined when it is done. */
    set chore(chore: Chore | undefined) {
        this.#chore = chore;
        this.#draw();
    }

    get presentation(): Presentation {
        const language = vscode.window.activeTextEditor?.document.languageId ?? '';
        return present({
            connection: this.#connection.state,
            isServerMissing: this.#isServerMissing,
            chore: this.#chore,
            server: this.#connection.told,
            isEnabled: this.#switches.isEnabled,
            isLanguageOn: this.#switches.languageIsOn(language),
            language,
            snoozedForMs: this.#switches.snoozedForMs,
        });
    }

    dispose(): void {
        this.#subscriptions.dispose();
    }

    #draw(): void {
        const { text, detail, hasProblem } = this.presentation;
        this.#item.text = text;
        this.#item.tooltip = detail;
        this.#item.accessibilityInformation = { label: `Cornerman: ${detail}`, role: 'button' };
        this.#item.backgroundColor = hasProblem
            ? new vscode.ThemeColor('statusBarItem.warningBackground')
            : undefined;
    }
}
