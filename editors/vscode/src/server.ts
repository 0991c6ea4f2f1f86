// The server's life: found, started, watched, stopped; and the language client that speaks with it while it runs.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import * as vscode from "vscode";
import {
  State as ClientState,
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
} from "vscode-languageclient/node";
import { Crashes } from "./crashes";
import { type Located, locate } from "./locate";
import { readLogLine } from "./logLines";
import type { Logs } from "./logs";
import { type ServerStatus, statusChanged } from "./protocol";
import { serverPath } from "./settings";
import type { Trouble } from "./troubles";
import type { Version } from "./versions";

export type ServerState =
  | { readonly kind: "stopped" }
  | { readonly kind: "starting" }
  | {
      readonly kind: "running";
      readonly located: Located;
      readonly process: number | undefined;
      readonly status: ServerStatus | undefined;
    }
  | { readonly kind: "failed"; readonly trouble: Trouble };

/** How much of the end of what a server wrote to stderr is kept, in characters. */
const keptOutput = 4000;

/** A client that leaves it to us to tell the user what went wrong; it only logs that. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** How long the last words of a server that has ended are waited for. */
const lastWordsMilliseconds = 1000;

export class Server implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<ServerState>();
  readonly #crashes = new Crashes();
  #state: ServerState = { kind: "stopped" };
  #client: LanguageClient | undefined;
  #output = "";
  #saidAll: Promise<unknown> = Promise.resolve();
  #process: number | undefined;
  // Starting and stopping are done one after the other, in the order in which they were asked for.
  #queue: Promise<void> = Promise.resolve();

  readonly onDidChange = this.#changed.event;

  /** `version` is the extension's; `options` are those of the language client that do not depend on the server. */
  constructor(
    private readonly version: Version,
    private readonly logs: Logs,
    private readonly options: () => LanguageClientOptions,
  ) {}

  get state(): ServerState {
    return this.#state;
  }

  /** The client, while the server runs. */
  get client(): LanguageClient | undefined {
    return this.#state.kind === "running" ? this.#client : undefined;
  }

  /** The program that is the server, also while it does not run; undefined when there is none that fits. */
  async program(): Promise<string | undefined> {
    if (this.#state.kind === "running") {
      return this.#state.located.path;
    }
    const found = await locate(serverPath(), this.version);
    if ("kind" in found) {
      this.#become({ kind: "failed", trouble: found });
      return undefined;
    }
    return found.path;
  }

  /** Start the server if it does not run; returns when it runs or when it is clear why it does not. */
  start(): Promise<void> {
    this.#crashes.forget();
    return this.#later(() => this.#start());
  }

  stop(): Promise<void> {
    return this.#later(() => this.#stop());
  }

  restart(): Promise<void> {
    this.#crashes.forget();
    return this.#later(async () => {
      await this.#stop();
      await this.#start();
    });
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #later(work: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(work).catch((error: unknown) => this.logs.log.error(String(error)));
    return this.#queue;
  }

  async #start(): Promise<void> {
    if (this.#state.kind === "running") {
      return;
    }
    this.#become({ kind: "starting" });
    const found = await locate(serverPath(), this.version);
    if ("kind" in found) {
      this.#become({ kind: "failed", trouble: found });
      return;
    }
    this.logs.log.info(`Starting ${found.path}`);
    const client = this.#makeClient(found.path);
    let status: ServerStatus | undefined;
    let running = false;
    client.onNotification(statusChanged, (told) => {
      status = told;
      if (running && this.#client === client) {
        this.#become({ kind: "running", located: found, process: this.#process, status });
      }
    });
    client.onDidChangeState(({ newState }) => {
      if (running && newState === ClientState.Stopped && this.#client === client) {
        void this.#later(() => this.#crashed(client));
      }
    });
    this.#client = client;
    try {
      await client.start();
    } catch (error) {
      this.#client = undefined;
      await this.#heardAll();
      const output = this.#output || String(error);
      this.#become({ kind: "failed", trouble: { kind: "fails-to-start", path: found.path, output } });
      return;
    }
    running = true;
    this.#become({ kind: "running", located: found, process: this.#process, status });
  }

  async #stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    try {
      await client?.dispose();
    } finally {
      this.#become({ kind: "stopped" });
    }
  }

  /** The server ended although nobody asked it to. */
  async #crashed(client: LanguageClient): Promise<void> {
    if (this.#client !== client) {
      return;
    }
    this.#client = undefined;
    await client.dispose().catch(() => {});
    await this.#heardAll();
    this.#become({ kind: "stopped" });
    if (this.#crashes.startAgain(Date.now())) {
      await this.#start();
    } else {
      this.#become({ kind: "failed", trouble: { kind: "crashes", output: this.#output } });
    }
  }

  /** Returns when what a server said that has ended was read; a child of it may hold the pipe open. */
  async #heardAll(): Promise<void> {
    await Promise.race([this.#saidAll, setTimeout(lastWordsMilliseconds)]);
  }

  #become(state: ServerState): void {
    this.#state = state;
    this.#changed.fire(state);
  }

  #makeClient(path: string): LanguageClient {
    return new QuietClient("thatch", "thatch", () => this.#spawn(path), {
      ...this.options(),
      outputChannel: this.logs.log,
      traceOutputChannel: this.logs.trace.channel,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      // What went wrong is told by us, once.
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => ({ action: CloseAction.DoNotRestart, handled: true }),
      },
      stdioOptions: { stdout: () => {}, stderr: () => {} },
    } as LanguageClientOptions);
  }

  #spawn(path: string): Promise<ChildProcess> {
    this.#output = "";
    const child = spawn(path, ["lsp"], { cwd: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath });
    this.#process = child.pid;
    const lines = createInterface({ input: child.stderr }).on("line", (line) => {
      this.#output = `${this.#output}${line}\n`.slice(-keptOutput);
      const { level, text } = readLogLine(line);
      this.logs.log[level](text);
    });
    this.#saidAll = once(lines, "close");
    return new Promise((resolve, reject) => {
      child.once("spawn", () => resolve(child)).once("error", reject);
    });
  }
}
