/** Names that stand in package.json, too, or on the wire. */

/** Commands of the server, as docs/protocol.md has them. */
export const ServerCommand = {
    accepted: 'cornerman.accepted',
    ask: 'cornerman.ask',
    document: 'cornerman.document',
    explain: 'cornerman.explain',
    fix: 'cornerman.fix',
    models: 'cornerman.models',
    pull: 'cornerman.pull',
    refactor: 'cornerman.refactor',
    review: 'cornerman.review',
    stats: 'cornerman.stats',
    status: 'cornerman.status',
    test: 'cornerman.test',
    todo: 'cornerman.todo',
    why: 'cornerman.why',
} as const;

/** Commands of this extension. */
export const Command = {
    applyPreview: 'cornerman.applyPreview',
    askWorkspace: 'cornerman.askWorkspace',
    chooseModel: 'cornerman.chooseModel',
    copyAnswer: 'cornerman.copyAnswer',
    discardPreview: 'cornerman.discardPreview',
    explainHere: 'cornerman.explainHere',
    installServer: 'cornerman.installServer',
    refactorHere: 'cornerman.refactorHere',
    refactorWithInstruction: 'cornerman.refactorWithInstruction',
    restartServer: 'cornerman.restartServer',
    runDoctor: 'cornerman.runDoctor',
    setUp: 'cornerman.setUp',
    showLog: 'cornerman.showLog',
    showMenu: 'cornerman.showMenu',
    showStatistics: 'cornerman.showStatistics',
    snooze: 'cornerman.snooze',
    stopAnswer: 'cornerman.stopAnswer',
    toggleCompletion: 'cornerman.toggleCompletion',
    toggleLanguage: 'cornerman.toggleLanguage',
    whyNoCompletion: 'cornerman.whyNoCompletion',
} as const;

/** Keys of `setContext`, for `when` clauses. */
export const ContextKey = {
    isAnswering: 'cornerman.isAnswering',
    isPreviewing: 'cornerman.isPreviewing',
    isReady: 'cornerman.isReady',
    isServerFound: 'cornerman.isServerFound',
} as const;

export const PANEL_VIEW = 'cornerman.panel';
export const PREVIEW_SCHEME = 'cornerman-preview';
export const SECTION = 'cornerman';
