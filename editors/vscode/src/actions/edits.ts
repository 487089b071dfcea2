/** Plain facts about an offered edit: which documents it changes, how they read then, how much it changes. */
import type { TextEdit, WorkspaceEdit } from 'vscode-languageclient/node';

export interface DocumentChange {
    readonly uri: string;
    readonly edits: readonly TextEdit[];
    /** The document is made by the edit. */
    readonly isNew: boolean;
}

/** The documents of an edit, in its order, whichever of LSP's two forms it has. */
export function changesOf(edit: WorkspaceEdit): DocumentChange[] {
    const created = new Set<string>();
    const edits = new Map<string, TextEdit[]>();
    for (const change of edit.documentChanges ?? []) {
        if ('kind' in change) {
            if (change.kind === 'create') {
                created.add(change.uri);
                edits.set(change.uri, []);
            }
        } else {
            const uri = change.textDocument.uri;
            const plain = change.edits.filter((one): one is TextEdit => 'newText' in one);
            edits.set(uri, [...(edits.get(uri) ?? []), ...plain]);
        }
    }
    for (const [uri, plain] of Object.entries(edit.changes ?? {})) {
        edits.set(uri, [...(edits.get(uri) ?? []), ...plain]);
    }
    return [...edits].map(([uri, list]) => ({ uri, edits: list, isNew: created.has(uri) }));
}

/** The versions of documents that the edit was made for, where it names them. */
export function versionsOf(edit: WorkspaceEdit): Map<string, number> {
    const versions = new Map<string, number>();
    for (const change of edit.documentChanges ?? []) {
        if ('textDocument' in change && change.textDocument.version !== null) {
            versions.set(change.textDocument.uri, change.textDocument.version);
        }
    }
    return versions;
}

/** Lines that are taken away or put in, whichever are more. */
export function linesChanged(edits: readonly TextEdit[]): number {
    return edits
        .map(({ range, newText }) => {
            const removed = range.end.line - range.start.line + (range.end.character > 0 ? 1 : 0);
            const added = newText.split('\n').length - (newText.endsWith('\n') ? 1 : 0);
            return Math.max(removed, added);
        })
        .reduce((sum, lines) => sum + lines, 0);
}

/** `text` with edits that do not overlap. Characters count in UTF-16 units, as in VS Code. */
export function applied(text: string, edits: readonly TextEdit[]): string {
    const starts = lineStarts(text);
    const offset = (line: number, character: number): number => {
        const start = starts[line];
        return start === undefined
            ? text.length
            : Math.min(start + character, starts[line + 1] ?? text.length);
    };
    const spans = edits
        .map((edit, order) => ({
            start: offset(edit.range.start.line, edit.range.start.character),
            end: offset(edit.range.end.line, edit.range.end.character),
            text: edit.newText,
            order,
        }))
        .sort((a, b) => a.start - b.start || a.order - b.order);
    let result = '';
    let position = 0;
    for (const span of spans) {
        result += text.slice(position, span.start) + span.text;
        position = span.end;
    }
    return result + text.slice(position);
}

function lineStarts(text: string): number[] {
    return [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map((match) => match.index + match[0].length)];
}
