/** The latest instructions, the newest first, each once. */

const KEPT = 20;

export function remembered(history: readonly string[], instruction: string): string[] {
    return [instruction, ...history.filter((older) => older !== instruction)].slice(0, KEPT);
}

/** What to choose from for what has been typed: it first, then the older ones that contain it. */
export function choices(history: readonly string[], typed: string): string[] {
    const wanted = typed.trim();
    const fitting = history.filter((older) => older.toLowerCase().includes(wanted.toLowerCase()));
    return wanted ? [wanted, ...fitting.filter((older) => older !== wanted)] : fitting;
}
