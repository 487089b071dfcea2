/** The menu of the status item. */
import * as vscode from 'vscode';
import type { Switches } from '../completion/switches.ts';
import { Command } from '../names.ts';
import type { StatusItem } from './item.ts';

interface Entry extends vscode.QuickPickItem {
    readonly run?: () => unknown;
}

export async function showMenu(status: StatusItem, switches: Switches): Promise<void> {
    const picked = await vscode.window.showQuickPick(entries(status, switches), {
        title: 'Cornerman',
        placeHolder: status.presentation.detail,
    });
    await picked?.run?.();
}

function entries(status: StatusItem, switches: Switches): Entry[] {
    const language = vscode.window.activeTextEditor?.document.languageId;
    const isOn = language !== undefined && switches.languageIsOn(language);
    return [
        ...remedies(status),
        entry(
            switches.isEnabled ? 'circle-slash' : 'check',
            `Turn Completions ${switches.isEnabled ? 'Off' : 'On'}`,
            Command.toggleCompletion,
        ),
        ...(language
            ? [
                  entry(
                      'code',
                      `Turn Completions ${isOn ? 'Off' : 'On'} for ${language}`,
                      Command.toggleLanguage,
                  ),
              ]
            : []),
        entry(
            'bell-slash',
            switches.snoozedForMs > 0 ? 'End the Snooze' : 'Snooze for 10 Minutes',
            Command.snooze,
        ),
        separator('Model'),
        entry('package', 'Choose Model…', Command.chooseModel),
        separator('Insight'),
        entry('question', 'Why No Completion?', Command.whyNoCompletion),
        entry('graph', 'Statistics', Command.showStatistics),
        entry('output', 'Open Log', Command.showLog),
        entry('pulse', 'Doctor', Command.runDoctor),
        entry('debug-restart', 'Restart', Command.restartServer),
    ];
}

/** What helps against the error on show. */
function remedies(status: StatusItem): Entry[] {
    const fix = status.fix;
    if (fix) {
        const run = (): unknown => vscode.commands.executeCommand(fix.command, ...fix.arguments);
        return [{ label: `$(wrench) ${fix.title}`, detail: status.presentation.detail, run }, separator('')];
    }
    return status.isServerMissing ? [entry('wrench', 'Set Up Cornerman…', Command.setUp), separator('')] : [];
}

function entry(icon: string, label: string, command: string): Entry {
    return { label: `$(${icon}) ${label}`, run: () => vscode.commands.executeCommand(command) };
}

function separator(label: string): Entry {
    return { label, kind: vscode.QuickPickItemKind.Separator };
}
