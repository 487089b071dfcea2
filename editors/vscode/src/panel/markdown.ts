import * as vscode from 'vscode';

/** Markdown as HTML with highlighted code, by VS Code's own renderer; plain text where that is turned off. */
export async function render(markdown: string): Promise<string> {
    try {
        return await vscode.commands.executeCommand<string>('markdown.api.render', markdown);
    } catch {
        const escaped = markdown.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
        return `<pre>${escaped}</pre>`;
    }
}
