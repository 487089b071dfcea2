/** Charts as SVG text. Colours come from the style sheet; every bar has a sentence for screen readers. */
import type { Day, Group } from './figures.ts';

const WIDTH = 640;
const HEIGHT = 160;
const AXIS = 24;
const GAP = 0.25;

/** A bar a day: what was shown, and in front of it what was accepted. */
export function dayChart(days: readonly Day[]): string {
    const top = Math.max(1, ...days.map((day) => day.shown));
    const step = WIDTH / Math.max(days.length, 7);
    const bars = days.map((day, index) => {
        const bar = (value: number, name: string): string => {
            const height = ((HEIGHT - AXIS) * value) / top;
            const left = (index + GAP / 2) * step;
            return `<rect class="${name}" x="${round(left)}" y="${round(HEIGHT - AXIS - height)}" width="${round(step * (1 - GAP))}" height="${round(height)}"/>`;
        };
        const middle = round((index + 0.5) * step);
        const label = index % Math.ceil(days.length / 7) === 0 ? day.date.slice(5) : '';
        return (
            `<g><title>${escaped(day.date)}: ${day.shown} shown, ${day.accepted} accepted</title>` +
            `${bar(day.shown, 'shown')}${bar(day.accepted, 'accepted')}` +
            `<text x="${middle}" y="${HEIGHT - 8}" text-anchor="middle">${escaped(label)}</text></g>`
        );
    });
    return svg(HEIGHT, 'Suggestions shown and accepted, by day', bars.join(''));
}

/** A bar a language: the share of suggestions that was accepted. */
export function languageChart(groups: readonly Group[]): string {
    const row = 28;
    const bars = byLanguage(groups).map(({ language, shown, accepted }, index) => {
        const share = shown ? accepted / shown : 0;
        const y = index * row;
        const room = WIDTH - 260;
        return (
            `<g><title>${escaped(language)}: ${accepted} of ${shown} accepted</title>` +
            `<text x="0" y="${y + 18}">${escaped(language)}</text>` +
            `<rect class="shown" x="120" y="${y + 6}" width="${room}" height="16"/>` +
            `<rect class="accepted" x="120" y="${y + 6}" width="${round(room * share)}" height="16"/>` +
            `<text x="${room + 132}" y="${y + 18}">${percent(share)} of ${shown}</text></g>`
        );
    });
    return svg(Math.max(row, bars.length * row), 'Share of accepted suggestions, by language', bars.join(''));
}

export function percent(share: number): string {
    return `${Math.round(share * 100)} %`;
}

/** For text and attribute values of HTML and SVG. */
export function escaped(value: string): string {
    const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
    return value.replace(/[&<>"]/g, (character) => names[character] ?? character);
}

function byLanguage(groups: readonly Group[]): { language: string; shown: number; accepted: number }[] {
    const sums = new Map<string, { language: string; shown: number; accepted: number }>();
    for (const { language, shown, accepted } of groups) {
        const sum = sums.get(language) ?? { language, shown: 0, accepted: 0 };
        sums.set(language, { language, shown: sum.shown + shown, accepted: sum.accepted + accepted });
    }
    return [...sums.values()].sort((a, b) => b.shown - a.shown).slice(0, 10);
}

function svg(height: number, label: string, content: string): string {
    return `<svg role="img" aria-label="${escaped(label)}" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">${content}</svg>`;
}

function round(value: number): string {
    return value.toFixed(1);
}
