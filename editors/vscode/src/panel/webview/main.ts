/** The script of the panel's page: shows an answer that grows, and tells what was clicked. */
import { partsOf } from '../links.ts';
import type { FromPage, Page, ToPage } from '../messages.ts';
import { harmless } from './sanitize.ts';

const vscode = acquireVsCodeApi();
const title = element('title');
const note = element('note');
const answer = element('answer');
const references = element('references');
const spoken = element('spoken');

/** Blocks of the answer that have been read out. */
let announced = 0;

window.addEventListener('message', (event: MessageEvent<ToPage>) => {
    show(event.data.page);
});
document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
        send({ type: 'stop' });
    }
});
send({ type: 'ready' });

function show(page: Page): void {
    title.textContent = page.title;
    note.textContent = page.note;
    document.body.dataset['state'] = page.state;
    answer.setAttribute('aria-busy', String(page.state === 'working'));
    write(page);
    announce(page);
    list(page.references);
}

/** Replaces only the blocks that have changed, so that a selection in the others stays. */
function write(page: Page): void {
    const parsed = new DOMParser().parseFromString(page.html, 'text/html');
    const blocks = [...harmless(parsed.body).children];
    for (const [index, block] of blocks.entries()) {
        addLinks(block);
        const old = answer.children[index];
        if (!old) {
            answer.append(block);
        } else if (!old.isEqualNode(block)) {
            old.replaceWith(block);
        }
    }
    while (answer.children.length > blocks.length) {
        answer.lastElementChild?.remove();
    }
}

/** A screen reader hears each block once, when it is complete. */
function announce(page: Page): void {
    if (answer.children.length === 0) {
        spoken.replaceChildren();
        announced = 0;
    }
    const complete = answer.children.length - (page.state === 'working' ? 1 : 0);
    for (; announced < complete; announced++) {
        const line = document.createElement('p');
        line.textContent = answer.children[announced]?.textContent ?? '';
        spoken.append(line);
    }
}

function list(labels: readonly string[]): void {
    references.hidden = labels.length === 0;
    const items = labels.map((label, index) => {
        const item = document.createElement('li');
        item.append(link(label, () => ({ type: 'reference', index })));
        return item;
    });
    references.querySelector('ul')?.replaceChildren(...items);
}

function addLinks(block: Element): void {
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    const texts: Text[] = [];
    while (walker.nextNode()) {
        texts.push(walker.currentNode as Text);
    }
    for (const text of texts.filter((one) => !one.parentElement?.closest('pre'))) {
        const parts = partsOf(text.data);
        if (parts.some((part) => part.link)) {
            text.replaceWith(
                ...parts.map((part) =>
                    part.link
                        ? link(part.text, () => ({ type: 'open', path: '', line: 1, ...part.link }))
                        : part.text,
                ),
            );
        }
    }
}

function link(label: string, message: () => FromPage): HTMLAnchorElement {
    const anchor = document.createElement('a');
    anchor.href = '#';
    anchor.textContent = label;
    anchor.addEventListener('click', (event) => {
        event.preventDefault();
        send(message());
    });
    return anchor;
}

function send(message: FromPage): void {
    vscode.postMessage(message);
}

function element(id: string): HTMLElement {
    const found = document.getElementById(id);
    if (!found) {
        throw new Error(`The page has no ${id}.`);
    }
    return found;
}
