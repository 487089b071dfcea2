/** The answer to “why no completion?”, as Markdown. */
import type { Outcome } from '../wire.ts';

const SHOWN = 15;

/** `silence` is this extension's own reason, if it keeps requests back; `nameOf` shortens a URI. */
export function reasons(
    outcomes: readonly Outcome[],
    silence: string | undefined,
    nameOf: (uri: string) => string,
): string {
    const own = silence ? [`**${plain(silence)}** No request is sent to the server.`, ''] : [];
    if (outcomes.length === 0) {
        return [...own, silence ? '' : 'No completion has been asked for in this window yet.']
            .join('\n')
            .trim();
    }
    const rows = outcomes.slice(0, SHOWN).map((outcome) => {
        const ending = outcome.suggested ? 'a suggestion' : outcome.reason || 'nothing';
        return `| ${plain(nameOf(outcome.uri))} | ${plain(ending)} | ${Math.round(outcome.totalMs)} ms |`;
    });
    return [
        ...own,
        'The latest requests, the newest first:',
        '',
        '| File | Ended with | After |',
        '|---|---|---|',
        ...rows,
    ].join('\n');
}

/** Text that is no Markdown: names of files and patterns have stars and underscores. */
function plain(value: string): string {
    return value.replaceAll(/[\\`*_[\]<>|]/g, '\\$&').replaceAll('\n', ' ');
}
