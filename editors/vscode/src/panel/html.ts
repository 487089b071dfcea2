/** The panel's page before anything is in it. */

export interface Assets {
    readonly style: string;
    readonly script: string;
    readonly cspSource: string;
    readonly nonce: string;
}

/** Nothing is loaded from elsewhere and no script runs but the panel's own. */
export function panelHtml(assets: Assets): string {
    const policy = `default-src 'none'; style-src ${assets.cspSource}; script-src 'nonce-${assets.nonce}'`;
    return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${assets.style}">
<title>Cornerman</title>
</head>
<body>
<main>
<h1 id="title" tabindex="-1">Cornerman</h1>
<p id="note" role="status"></p>
<article id="answer" aria-labelledby="title"></article>
<nav id="references" aria-label="Places in the workspace" hidden><h2>Places</h2><ul></ul></nav>
<div id="spoken" class="spoken" role="log" aria-live="polite"></div>
</main>
<script nonce="${assets.nonce}" src="${assets.script}"></script>
</body>
</html>`;
}
