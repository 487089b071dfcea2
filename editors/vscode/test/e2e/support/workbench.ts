/** What a person does in the workbench and sees of it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type FrameLocator, type Locator, type Page } from 'playwright-core';
import { PICTURES } from './machine.ts';

export const CHROMIUM = process.env['CORNERMAN_CHROMIUM'] ?? '/usr/bin/chromium';
const BLOCKED =
    'LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets,LocalNetworkAccessChecksWebTransport';
export const FLAGS = ['--no-sandbox', '--disable-gpu', `--disable-features=${BLOCKED}`];
const PATIENCE_MS = 180_000;

export class Workbench {
    readonly page: Page;
    readonly #browser: Browser;
    readonly #name: string;

    private constructor(browser: Browser, page: Page, name: string) {
        this.#browser = browser;
        this.page = page;
        this.#name = name;
    }

    /** Resolves when the editor has text; `name` stands in front of the names of pictures. */
    static async open(address: string, name: string): Promise<Workbench> {
        const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
        const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
        page.setDefaultTimeout(PATIENCE_MS);
        await page.goto(address);
        await page.locator('.monaco-editor .view-line').first().waitFor();
        return new Workbench(browser, page, name);
    }

    async close(): Promise<void> {
        await this.#browser.close();
    }

    async picture(name: string): Promise<void> {
        mkdirSync(PICTURES, { recursive: true });
        await this.page.screenshot({ path: join(PICTURES, `${this.#name}-${name}.png`) });
    }

    /** The status item, found by what a screen reader says of it. */
    status(text: RegExp | string = ''): Locator {
        return this.page.locator('#cornerman\\.cornerman\\.cornerman').and(this.page.getByLabel(text));
    }

    get ghost(): Locator {
        return this.page.locator('.ghost-text, .ghost-text-decoration');
    }

    notification(text: RegExp | string): Locator {
        return this.page.locator('.notification-toast').filter({ hasText: text });
    }

    async press(...keys: string[]): Promise<void> {
        for (const key of keys) {
            await this.page.keyboard.press(key);
        }
    }

    /** Runs a command by its title in the palette. */
    async run(title: string): Promise<void> {
        await this.press('F1');
        const input = this.page.locator('.quick-input-widget input[type=text]');
        await input.fill(`>${title}`);
        await this.page
            .locator('.quick-input-list .monaco-list-row')
            .filter({ hasText: title })
            .first()
            .waitFor();
        await this.press('Enter');
    }

    /** Picks a row of the list that is open. */
    async pick(text: RegExp | string): Promise<void> {
        await this.page
            .locator('.quick-input-list .monaco-list-row')
            .filter({ hasText: text })
            .first()
            .click();
    }

    /** Opens a file of the workspace by its name. */
    async openFile(name: string): Promise<void> {
        await this.press('Control+p');
        await this.page.locator('.quick-input-widget input[type=text]').fill(name);
        await this.page
            .locator('.quick-input-list .monaco-list-row')
            .filter({ hasText: name })
            .first()
            .waitFor();
        await this.press('Enter');
        await this.page.locator('.tab.active').filter({ hasText: name }).waitFor();
    }

    /** Puts the cursor at a place, both counted from 1, in the editor that is open. */
    async goTo(line: number, column: number): Promise<void> {
        await this.press('Control+1');
        await this.press('Control+g');
        await this.page.locator('.quick-input-widget input[type=text]').fill(`:${line}:${column}`);
        await this.press('Enter');
        await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    }

    /** Asks for a suggestion by its key until one is drawn; the first one may wait for the model. */
    async suggest(): Promise<void> {
        for (let tries = 0; tries < 6; tries++) {
            await this.press('Alt+Backslash');
            try {
                await this.ghost.first().waitFor({ state: 'attached', timeout: 30_000 });
                return;
            } catch {
                // VS Code asks only once while nothing is typed.
                await this.press('Space', 'Backspace');
            }
        }
        throw new Error('no suggestion appeared');
    }

    /** The panel's page. */
    get panel(): FrameLocator {
        return this.#frame(this.page.locator('iframe.webview').first());
    }

    /** The page in an editor tab. */
    get tab(): FrameLocator {
        return this.#frame(this.page.locator('iframe.webview').last());
    }

    /** VS Code puts a page into a frame inside a frame. */
    #frame(outer: Locator): FrameLocator {
        return outer.contentFrame().locator('iframe#active-frame').contentFrame();
    }
}

/** Resolves when `isTrue` is; for what no event tells, like the content of a file. */
export async function eventually(isTrue: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const ending = Date.now() + PATIENCE_MS;
    while (!(await isTrue())) {
        if (Date.now() > ending) {
            throw new Error(`did not happen: ${what}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
}
