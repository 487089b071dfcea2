/** What the panel and its page say to each other. */

export interface Page {
    readonly title: string;
    /** Rendered Markdown; the page shows only harmless elements of it. */
    readonly html: string;
    readonly state: 'empty' | 'working' | 'done' | 'stopped' | 'failed';
    /** One sentence about the state. */
    readonly note: string;
    readonly references: readonly string[];
}

export interface ToPage {
    readonly type: 'page';
    readonly page: Page;
}

export type FromPage =
    | { readonly type: 'ready' }
    | { readonly type: 'open'; readonly path: string; readonly line: number }
    | { readonly type: 'reference'; readonly index: number }
    | { readonly type: 'stop' };
