/** Middleware that answers the server's questions about settings. */
import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';
import { SECTION } from '../names.ts';
import { record } from '../wire.ts';
import { explicitSettings, serverKeys } from './settings.ts';

/** What `workspace/configuration` gets for the section `cornerman`; `packageJson` names the settings. */
export function configurationMiddleware(packageJson: unknown): Middleware {
    const contributed = record(record(record(packageJson)['contributes'])['configuration'])['properties'];
    const keys = serverKeys(Object.keys(record(contributed)));
    return {
        workspace: {
            configuration: (params) =>
                params.items.map((item) => (item.section === SECTION ? settings(keys) : null)),
            // The notification says only that something has changed; the server asks then.
            didChangeConfiguration: async (_sections, next) => {
                await next(undefined);
            },
        },
    };
}

function settings(keys: readonly string[]): Record<string, unknown> {
    const configuration = vscode.workspace.getConfiguration(SECTION);
    return explicitSettings(keys, (key) => configuration.inspect(key), vscode.workspace.isTrusted);
}
