import * as vscode from 'vscode';
import type { ClientCapabilities, FeatureState, StaticFeature } from 'vscode-languageclient/node';

/** Says to the server what this editor can do beyond LSP, and whether its user trusts the workspace. */
export class EditorAbilities implements StaticFeature {
    fillClientCapabilities(capabilities: ClientCapabilities): void {
        const experimental = (capabilities.experimental ?? {}) as Record<string, unknown>;
        capabilities.experimental = {
            ...experimental,
            cornerman: {
                status: true,
                asksForInstruction: true,
                previewsEdits: true,
                showsText: true,
                distrustsWorkspace: !vscode.workspace.isTrusted,
            },
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
