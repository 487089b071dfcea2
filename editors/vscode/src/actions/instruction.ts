/** Asks for one line of text and offers the latest ones. */
import * as vscode from 'vscode';
import { choices, remembered } from './history.ts';

export interface Question {
    readonly title: string;
    readonly placeholder: string;
    /** Where the history is kept. */
    readonly key: string;
}

/** The line, or undefined when the user has left. The history stays on this machine. */
export async function askForLine(memento: vscode.Memento, question: Question): Promise<string | undefined> {
    const history = memento.get<string[]>(question.key, []);
    const line = await picked(question, history);
    if (line) {
        await memento.update(question.key, remembered(history, line));
    }
    return line;
}

function picked(question: Question, history: readonly string[]): Promise<string | undefined> {
    const pick = vscode.window.createQuickPick();
    const show = (typed: string): void => {
        pick.items = choices(history, typed).map((label) => ({ label, alwaysShow: true }));
    };
    pick.title = question.title;
    pick.placeholder = question.placeholder;
    pick.onDidChangeValue(show);
    show('');
    return new Promise((resolve) => {
        pick.onDidAccept(() => {
            const line = (pick.activeItems[0]?.label ?? pick.value).trim();
            if (line) {
                resolve(line);
                pick.hide();
            }
        });
        pick.onDidHide(() => {
            resolve(undefined);
            pick.dispose();
        });
        pick.show();
    });
}
