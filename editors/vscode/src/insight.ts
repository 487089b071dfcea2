/** Why there was no suggestion, the log, and the doctor. */
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { reasons } from './completion/reasons.ts';
import type { Switches } from './completion/switches.ts';
import { ServerCommand } from './names.ts';
import type { Panel } from './panel/panel.ts';
import type { Connection } from './server/connection.ts';
import { locate } from './server/places.ts';
import { run } from './server/process.ts';
import { asOutcomes } from './wire.ts';

/** Tells in the panel how the latest requests ended. */
export async function showReasons(connection: Connection, switches: Switches, panel: Panel): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    const silence = document && switches.silence(document);
    await panel.show('Why no completion?', async () => {
        const outcomes = asOutcomes(await connection.run(ServerCommand.why));
        const nameOf = (uri: string): string => vscode.workspace.asRelativePath(vscode.Uri.parse(uri));
        return { text: reasons(outcomes, silence, nameOf), references: [] };
    });
}

/** Opens the log of the extension or the one of the server, which holds no source code. */
export async function showLog(log: vscode.LogOutputChannel, connection: Connection): Promise<void> {
    const choice = await vscode.window.showQuickPick(['Extension', 'Server'], { title: 'Which log?' });
    if (choice === 'Extension') {
        log.show();
    } else if (choice === 'Server') {
        try {
            await vscode.window.showTextDocument(connection.serverLog, { preview: true });
        } catch {
            void vscode.window.showInformationMessage('The server has not written anything to its log.');
        }
    }
}

/** Runs `cornerman doctor` in a terminal. */
export async function runDoctor(
    context: vscode.ExtensionContext,
    log: vscode.LogOutputChannel,
): Promise<void> {
    const found = await locate(context, log);
    if (!found) {
        void vscode.window.showErrorMessage('Cornerman’s server was not found; run “Cornerman: Set Up”.');
        return;
    }
    const output = new vscode.EventEmitter<string>();
    const abort = new AbortController();
    const print = (line: string): void => {
        output.fire(`${line}\r\n`);
    };
    const pty: vscode.Pseudoterminal = {
        onDidWrite: output.event,
        open: () => {
            const options = { cwd: examined(found.command), onLine: print, signal: abort.signal };
            run(found.command, ['doctor'], options).catch((error: unknown) => {
                print(String(error));
            });
        },
        close: () => {
            abort.abort();
        },
    };
    vscode.window.createTerminal({ name: 'Cornerman Doctor', pty }).show();
}

/** The folder whose settings the doctor looks at: the workspace's, if that is trusted. */
function examined(command: string): string {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    return vscode.workspace.isTrusted && folder?.scheme === 'file' ? folder.fsPath : dirname(command);
}
