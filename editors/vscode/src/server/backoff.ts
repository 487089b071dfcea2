/** How often and after what pause a server that has crashed is started again. */

const PAUSES_MS = [500, 2_000, 8_000, 30_000];
const FORGIVEN_AFTER_MS = 3 * 60_000;

/** What to do after a crash: start again after a pause, or give up. `isFirst` says when to tell the user. */
export type Verdict = { readonly restartAfterMs: number; readonly isFirst: boolean } | 'give up';

export class Backoff {
    #crashes: readonly number[] = [];

    /** Times in milliseconds of a monotonic clock. Crashes that are long past do not count. */
    crashed(now: number): Verdict {
        this.#crashes = [...this.#crashes.filter((at) => now - at < FORGIVEN_AFTER_MS), now];
        const pause = PAUSES_MS[this.#crashes.length - 1];
        return pause === undefined
            ? 'give up'
            : { restartAfterMs: pause, isFirst: this.#crashes.length === 1 };
    }

    /** The user has started the server by hand. */
    reset(): void {
        this.#crashes = [];
    }
}
