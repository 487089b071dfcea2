/** The page of statistics: figures of this machine, drawn without a script. */
import * as vscode from 'vscode';
import { ServerCommand } from '../names.ts';
import type { Connection } from '../server/connection.ts';
import { statisticsHtml } from './html.ts';
import { asFigures } from './figures.ts';

const DAYS = 30;

export async function showStatistics(extension: vscode.Uri, connection: Connection): Promise<void> {
    if (!connection.has(ServerCommand.stats)) {
        void vscode.window.showInformationMessage(
            'The server that runs has no statistics yet; start or update it.',
        );
        return;
    }
    const figures = asFigures(await connection.run(ServerCommand.stats, { days: DAYS }));
    const media = vscode.Uri.joinPath(extension, 'media');
    const page = vscode.window.createWebviewPanel(
        'cornerman.statistics',
        'Cornerman Statistics',
        vscode.ViewColumn.Active,
        {
            enableScripts: false,
            localResourceRoots: [media],
        },
    );
    const style = page.webview.asWebviewUri(vscode.Uri.joinPath(media, 'statistics.css')).toString();
    page.webview.html = statisticsHtml(figures, DAYS, { style, cspSource: page.webview.cspSource });
}
