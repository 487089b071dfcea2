/** Whether a suggestion may be asked for: a decision about plain values. */

export interface Situation {
    readonly isEnabled: boolean;
    readonly language: string;
    /** Language ids to on or off; `*` stands for all others. */
    readonly languages: Readonly<Record<string, boolean>>;
    /** The pattern of the settings that matches the document, if one does. */
    readonly excludedBy: string | undefined;
    readonly snoozedForMs: number;
    /** Asked for with a key, not by typing. */
    readonly isExplicit: boolean;
}

/** Why there is no suggestion, as a sentence, or undefined where there may be one. */
export function silence(situation: Situation): string | undefined {
    if (!situation.isEnabled) {
        return 'Completions are turned off in the settings.';
    }
    if (!languageIsOn(situation.languages, situation.language)) {
        return `Completions are turned off for ${situation.language}.`;
    }
    if (situation.excludedBy !== undefined) {
        return `Completions are turned off for files that match ${situation.excludedBy}.`;
    }
    if (situation.snoozedForMs > 0 && !situation.isExplicit) {
        return `Completions are snoozed for ${minutes(situation.snoozedForMs)}.`;
    }
    return undefined;
}

export function languageIsOn(languages: Readonly<Record<string, boolean>>, language: string): boolean {
    return languages[language] ?? languages['*'] ?? true;
}

/** `1 minute`, `10 minutes`; a begun minute counts. */
export function minutes(milliseconds: number): string {
    const count = Math.ceil(milliseconds / 60_000);
    return count === 1 ? '1 minute' : `${count} minutes`;
}
