/** The page of statistics: figures of this machine, drawn without a script. */
import * as vscode from 'vscode';
import { ServerCommand } from '../names.ts';
import type { Connection } from '../server/connection.ts';
import { statisticsHtml } from './html.ts';
import { asFigures } from './figures.ts';

const DAYS = 30;
const VIEW = 'cornerman.statistics';

export async function showStatistics(extension: vscode.Uri, connection: Connection): Promise<void> {
    const figures = asFigures(await connection.run(ServerCommand.stats, { days: DAYS }));
    const media = vscode.Uri.joinPath(extension, 'media');
    const page = vscode.window.createWebviewPanel(VIEW, 'Cornerman Statistics', vscode.ViewColumn.Active, {
        localResourceRoots: [media],
    });
    const style = page.webview.asWebviewUri(vscode.Uri.joinPath(media, 'statistics.css')).toString();
    page.webview.html = statisticsHtml(figures, DAYS, { style, cspSource: page.webview.cspSource });
}
