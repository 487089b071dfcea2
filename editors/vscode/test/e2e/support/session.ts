/** A workbench with the extension, the server and the models of this computer, and a file open in it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodeServer } from './code_server.ts';
import { Machine } from './machine.ts';
import { eventually, Workbench } from './workbench.ts';

export class Session {
    readonly machine: Machine;
    readonly bench: Workbench;
    readonly #server: CodeServer;
    readonly #file: string;

    private constructor(machine: Machine, server: CodeServer, bench: Workbench, file: string) {
        this.machine = machine;
        this.bench = bench;
        this.#server = server;
        this.#file = file;
    }

    /** The first of `files` is opened; `name` stands in front of the names of pictures. */
    static async begin(
        name: string,
        files: Readonly<Record<string, string>>,
        settings: Readonly<Record<string, unknown>>,
    ): Promise<Session> {
        const [first = ''] = Object.keys(files);
        const machine = new Machine({ hasModels: true, hasServer: true, files });
        machine.writeSettings(settings);
        await CodeServer.installExtension(machine);
        const server = await CodeServer.start(machine, '--disable-workspace-trust');
        const bench = await Workbench.open(server.address(machine, first), name);
        return new Session(machine, server, bench, first);
    }

    async end(): Promise<void> {
        await this.bench.picture('end');
        await this.bench.close();
        await this.#server.stop();
        this.machine.remove();
    }

    /** The text of a file on the disk, by default of the one that was opened. */
    saved(file = this.#file): string {
        return readFileSync(join(this.machine.workspace, file), 'utf8');
    }

    /** The number of the first line with `part`, from 1. */
    lineOf(part: string): number {
        const lines = this.saved().split('\n');
        return lines.findIndex((line) => line.includes(part)) + 1;
    }

    /** Saves the file at work, and waits until it is what `isRight` says. */
    async save(isRight: (text: string) => boolean, what: string, file = this.#file): Promise<void> {
        await eventually(async () => {
            await this.bench.press('Control+s');
            return isRight(this.saved(file));
        }, what);
    }
}
