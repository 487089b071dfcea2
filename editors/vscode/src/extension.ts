/** The extension's entry: makes the parts and binds them to VS Code. */
import * as vscode from 'vscode';
import { Edits } from './actions/edit.ts';
import { Preview } from './actions/preview.ts';
import { registerEditorCommands } from './commands.ts';
import { LateSuggestions } from './completion/late.ts';
import { Switches } from './completion/switches.ts';
import { runDoctor, showLog, showReasons } from './insight.ts';
import { Models } from './models/models.ts';
import { Command } from './names.ts';
import { Panel } from './panel/panel.ts';
import { configurationMiddleware } from './server/configuration.ts';
import { Connection } from './server/connection.ts';
import { interception } from './server/interception.ts';
import { Setup } from './setup.ts';
import { showStatistics } from './statistics/page.ts';
import { StatusItem } from './status/item.ts';
import { showMenu } from './status/menu.ts';

let running: Connection | undefined;

/** What other extensions and the tests may rely on. */
export interface Api {
    /** Resolves when the server and a model have been found, or the user has been asked for them. */
    readonly settled: Promise<void>;
    readonly connection: Pick<Connection, 'state' | 'status' | 'run' | 'has'>;
}

export function activate(context: vscode.ExtensionContext): Api {
    const log = vscode.window.createOutputChannel('Cornerman', { log: true });
    const connection = new Connection(log, context.logUri);
    const switches = new Switches();
    const late = new LateSuggestions(connection);
    const status = new StatusItem(connection, switches);
    const panel = new Panel(context.extensionUri);
    const preview = new Preview();
    const edits = new Edits(connection, preview, context.globalState);
    const models = new Models(connection, status);
    const setup = new Setup({ context, log, connection, status, models });
    const parts = { context, connection, panel, edits, models };
    connection.middleware = {
        ...switches.middleware(late),
        ...configurationMiddleware(context.extension.packageJSON),
        ...interception(parts),
    };
    const command = (name: string, run: () => unknown): vscode.Disposable =>
        vscode.commands.registerCommand(name, run);
    context.subscriptions.push(
        log,
        connection,
        switches,
        late,
        status,
        panel,
        preview,
        registerEditorCommands(parts),
        command(Command.chooseModel, () => models.choose()),
        command(Command.installServer, async () => (await setup.installServer()) && setup.run()),
        command(Command.restartServer, () => setup.run()),
        command(Command.runDoctor, () => runDoctor(context, log)),
        command(Command.setUp, () => setup.run()),
        command(Command.showLog, () => showLog(log, connection)),
        command(Command.showMenu, () => showMenu(status, switches)),
        command(Command.showStatistics, () => showStatistics(context.extensionUri, connection)),
        command(Command.snooze, switches.snooze.bind(switches)),
        command(Command.toggleCompletion, () => switches.toggle()),
        command(Command.toggleLanguage, () => toggleLanguage(switches)),
        command(Command.whyNoCompletion, () => showReasons(connection, switches, panel)),
        vscode.workspace.onDidGrantWorkspaceTrust(() => setup.run()),
        vscode.workspace.onDidChangeConfiguration((event) => {
            if (event.affectsConfiguration('cornerman.server.path')) {
                void setup.run();
            }
        }),
    );
    running = connection;
    return { settled: setup.run(), connection };
}

export async function deactivate(): Promise<void> {
    await running?.close();
}

async function toggleLanguage(switches: Switches): Promise<void> {
    const language = vscode.window.activeTextEditor?.document.languageId;
    if (language) {
        await switches.toggleLanguage(language);
    }
}
