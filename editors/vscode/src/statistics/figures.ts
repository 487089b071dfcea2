/** The server's figures about suggestions, as `cornerman.stats` gives them. */
import { list, number, record, text } from '../wire.ts';

export interface Day {
    readonly date: string;
    readonly shown: number;
    readonly accepted: number;
}

/** Of one language and model. Characters are those of accepted suggestions. */
export interface Group {
    readonly language: string;
    readonly model: string;
    readonly shown: number;
    readonly accepted: number;
    readonly kept: number;
    readonly characters: number;
}

export interface Figures {
    readonly days: readonly Day[];
    readonly groups: readonly Group[];
    /** A probability; suggestions to which the model gave less were hardly ever accepted. */
    readonly threshold: number | undefined;
}

export function asFigures(value: unknown): Figures {
    const it = record(value);
    return {
        days: list(it['days'])
            .map(record)
            .map((day) => ({
                date: text(day['date']),
                shown: number(day['shown']) ?? 0,
                accepted: number(day['accepted']) ?? 0,
            })),
        groups: list(it['figures'])
            .map(record)
            .map((group) => ({
                language: text(group['language']),
                model: text(group['model']),
                shown: number(group['shown']) ?? 0,
                accepted: number(group['accepted']) ?? 0,
                kept: number(group['kept']) ?? 0,
                characters: number(group['characters']) ?? 0,
            })),
        threshold: number(it['threshold']),
    };
}
