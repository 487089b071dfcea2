/** The settings that go to the server: only what a user has set, so that the server's files count for the rest. */

/** The answer of VS Code's `inspect`, as far as it is used here. */
export interface Inspected {
    readonly globalValue?: unknown;
    readonly workspaceValue?: unknown;
    readonly workspaceFolderValue?: unknown;
}

/** Sections of this extension, which the server does not know. */
const OWN_SECTIONS = ['editor', 'server'];

/** The keys of `properties`, package.json's settings, that the server knows, without the leading `cornerman.`. */
export function serverKeys(properties: readonly string[]): string[] {
    return properties
        .map((name) => name.replace(/^cornerman\./, ''))
        .filter((key) => !OWN_SECTIONS.includes(key.split('.')[0] ?? ''));
}

/** A tree of what is set, the value closest to the workspace first; in an untrusted one only the user's own. */
export function explicitSettings(
    keys: readonly string[],
    inspect: (key: string) => Inspected | undefined,
    isTrusted: boolean,
): Record<string, unknown> {
    const tree: Record<string, unknown> = {};
    for (const key of keys) {
        const found = inspect(key) ?? {};
        const value = isTrusted
            ? (found.workspaceFolderValue ?? found.workspaceValue ?? found.globalValue)
            : found.globalValue;
        if (value !== undefined) {
            put(tree, key.split('.'), value);
        }
    }
    return tree;
}

function put(tree: Record<string, unknown>, path: readonly string[], value: unknown): void {
    const [head = '', ...rest] = path;
    if (rest.length === 0) {
        tree[head] = value;
        return;
    }
    const inner = (tree[head] ??= {}) as Record<string, unknown>;
    put(inner, rest, value);
}
