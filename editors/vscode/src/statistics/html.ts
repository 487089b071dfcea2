import { dayChart, escaped, languageChart, percent } from './charts.ts';
import type { Figures } from './figures.ts';

export interface Assets {
    readonly style: string;
    readonly cspSource: string;
}

/** A page with the figures of the latest `days`; no script, nothing from elsewhere. */
export function statisticsHtml(figures: Figures, days: number, assets: Assets): string {
    const body = figures.groups.length
        ? charts(figures)
        : '<p>Nothing has been counted yet. Type, and look again.</p>';
    return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${assets.cspSource}">
<link rel="stylesheet" href="${assets.style}">
<title>Cornerman Statistics</title>
</head>
<body>
<main>
<h1>Suggestions of the last ${days} days</h1>
${body}
<p class="note">Counted on this machine, without source code, and sent nowhere. The setting
cornerman.statistics.enabled turns it off.</p>
</main>
</body>
</html>`;
}

function charts(figures: Figures): string {
    const sum = (pick: (group: Figures['groups'][number]) => number): number =>
        figures.groups.reduce((total, group) => total + pick(group), 0);
    const shown = sum((group) => group.shown);
    const accepted = sum((group) => group.accepted);
    const tiles = [
        ['Shown', String(shown)],
        ['Accepted', `${accepted} (${percent(shown ? accepted / shown : 0)})`],
        ['Characters you did not type', String(sum((group) => group.characters))],
    ];
    const rows = figures.groups.map(
        (group) =>
            `<tr><td>${escaped(group.language)}</td><td>${escaped(group.model)}</td><td>${group.shown}</td>` +
            `<td>${group.accepted}</td><td>${group.kept}</td><td>${group.characters}</td></tr>`,
    );
    const advice =
        figures.threshold === undefined
            ? ''
            : `<p>Suggestions that the model thought less likely than ${percent(figures.threshold)} were hardly ever
accepted. With cornerman.completion.confidence.pause at ${figures.threshold} they are not shown.</p>`;
    return `<dl>${tiles.map(([name = '', value = '']) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('')}</dl>
${advice}
<h2>By day</h2>
${dayChart(figures.days)}
<p class="legend"><span class="shown"></span> shown <span class="accepted"></span> accepted</p>
<h2>By language</h2>
${languageChart(figures.groups)}
<h2>All figures</h2>
<table><thead><tr><th>Language</th><th>Model</th><th>Shown</th><th>Accepted</th><th>Kept</th><th>Characters</th></tr></thead>
<tbody>${rows.join('')}</tbody></table>`;
}
