/** The place of a request that got no suggestion because the model was being loaded. */
import type { ServerState } from '../wire.ts';

export class Waiting {
    #place: string | undefined;

    /** A request has ended; `place` is where it was empty, undefined for any other end. */
    answered(place: string | undefined, state: ServerState | undefined): void {
        this.#place = state === 'loading' ? place : undefined;
    }

    /** True once: when the model is loaded and the cursor of the editor is `here`, where it was. */
    isDue(state: ServerState | undefined, here: string | undefined): boolean {
        if (state === 'loading') {
            return false;
        }
        const place = this.#place;
        this.#place = undefined;
        return state === 'ready' && place !== undefined && place === here;
    }
}
