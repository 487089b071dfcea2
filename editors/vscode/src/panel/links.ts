/** Places of the form `path/to/file.py:12` in a text. */

export interface Part {
    readonly text: string;
    /** Set where the part is a link; the line counts from 1. */
    readonly link?: { readonly path: string; readonly line: number };
}

const PLACE = /(?<![\w/.:\\-])((?:[\w.-]+\/)*[\w-][\w.-]*\.[A-Za-z]\w*):(\d{1,6})(?:-\d{1,6})?(?![\w:])/g;

/** The whole text, cut into plain parts and links. */
export function partsOf(text: string): Part[] {
    const parts: Part[] = [];
    let position = 0;
    for (const match of text.matchAll(PLACE)) {
        const [whole, path = '', line = ''] = match;
        if (match.index > position) {
            parts.push({ text: text.slice(position, match.index) });
        }
        parts.push({ text: whole, link: { path, line: Number(line) } });
        position = match.index + whole.length;
    }
    if (position < text.length || parts.length === 0) {
        parts.push({ text: text.slice(position) });
    }
    return parts;
}

/** True for a path that stays inside the folder it is relative to. */
export function staysInside(path: string): boolean {
    return !path.startsWith('/') && !path.includes(':') && !path.split(/[\\/]/).includes('..');
}
