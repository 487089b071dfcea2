/** Opens a place that a text names. */
import * as vscode from 'vscode';
import { staysInside } from './links.ts';

/** Opens `path`, relative to a folder of the workspace or to the file at work, at a line from 1. */
export async function openPlace(path: string, line: number): Promise<void> {
    const uri = await fileAt(path);
    if (!uri) {
        void vscode.window.showInformationMessage(`There is no ${path} in this workspace.`);
        return;
    }
    const position = new vscode.Position(Math.max(line - 1, 0), 0);
    await vscode.window.showTextDocument(uri, { selection: new vscode.Range(position, position) });
}

async function fileAt(path: string): Promise<vscode.Uri | undefined> {
    if (!staysInside(path)) {
        return undefined;
    }
    const folders = vscode.workspace.workspaceFolders?.map((folder) => folder.uri) ?? [];
    const active = vscode.window.activeTextEditor?.document.uri;
    const beside =
        active && vscode.workspace.getWorkspaceFolder(active) ? [vscode.Uri.joinPath(active, '..')] : [];
    for (const folder of [...folders, ...beside]) {
        const uri = vscode.Uri.joinPath(folder, path);
        try {
            await vscode.workspace.fs.stat(uri);
            return uri;
        } catch {
            continue;
        }
    }
    const found = await vscode.workspace.findFiles(`**/${path.split('/').at(-1) ?? path}`, undefined, 2);
    return found.length === 1 ? found[0] : undefined;
}
