import type { ClientCapabilities, FeatureState, StaticFeature } from 'vscode-languageclient/node';

/** Says to the server what this editor can do beyond LSP. */
export class EditorAbilities implements StaticFeature {
    fillClientCapabilities(capabilities: ClientCapabilities): void {
        const experimental = (capabilities.experimental ?? {}) as Record<string, unknown>;
        capabilities.experimental = {
            ...experimental,
            cornerman: { status: true, asksForInstruction: true, previewsEdits: true, showsText: true },
        };
    }

    initialize(): void {
        // Nothing depends on the server's answer.
    }

    getState(): FeatureState {
        return { kind: 'static' };
    }

    clear(): void {
        // Holds nothing.
    }
}
