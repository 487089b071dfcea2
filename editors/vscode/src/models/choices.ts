/** Which model to offer, and how a list of models reads. */
import { ServerCommand } from '../names.ts';
import { size } from '../status/presentation.ts';
import type { Model, ServerStatus } from '../wire.ts';

export interface Choice {
    readonly label: string;
    readonly description: string;
    readonly detail: string;
    readonly model: Model;
}

const FITS: Readonly<Record<string, string>> = {
    well: 'suits this machine',
    tight: 'will be slow here',
    no: 'too large for this machine',
};
const ORDER = ['well', 'tight', 'no'];

/** The model to download before anything can work, or undefined where the server does not ask for one. */
export function neededModel(status: ServerStatus | undefined, models: readonly Model[]): Model | undefined {
    if (status?.fix?.command !== ServerCommand.pull) {
        return undefined;
    }
    const missing = models.filter((model) => !model.installed);
    return missing.find((model) => model.inUse) ?? missing.find((model) => model.recommended);
}

/** The one in use, the recommended one, then the best fit first; within a fit, the larger model first. */
export function choicesOf(models: readonly Model[]): Choice[] {
    return [...models]
        .sort((a, b) => rank(a) - rank(b) || b.sizeBytes - a.sizeBytes)
        .map((model) => ({
            label: `${model.inUse ? '$(check) ' : ''}${model.title}`,
            description: [model.recommended ? 'recommended' : '', FITS[model.fit] ?? '']
                .filter(Boolean)
                .join(', '),
            detail: `${model.installed ? 'On this machine' : 'Download'}: ${size(model.sizeBytes)}. ${model.license}`,
            model,
        }));
}

function rank(model: Model): number {
    if (model.inUse || model.recommended) {
        return model.inUse ? -2 : -1;
    }
    const index = ORDER.indexOf(model.fit);
    return index < 0 ? ORDER.length : index;
}
