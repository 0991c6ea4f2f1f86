// The two channels of the output panel: what the server logs, and the messages that are exchanged with it.

import * as vscode from "vscode";

export interface Logs extends vscode.Disposable {
  readonly log: vscode.LogOutputChannel;
  readonly trace: Trace;
}

export function createLogs(): Logs {
  const log = vscode.window.createOutputChannel("thatch", { log: true });
  const trace = new Trace();
  return { log, trace, dispose: () => vscode.Disposable.from(log, trace).dispose() };
}

/**
 * The channel for messages.  The language client sends them when the channel's level is `Trace`; ours is that while the
 * user wants to see them, whatever the level of the panel.
 */
export class Trace implements vscode.Disposable {
  readonly #channel = vscode.window.createOutputChannel("thatch (messages)", { log: true });
  readonly #changed = new vscode.EventEmitter<vscode.LogLevel>();
  #on = false;

  get on(): boolean {
    return this.#on;
  }

  toggle(): void {
    this.#on = !this.#on;
    this.#changed.fire(this.#level);
    if (this.#on) {
      this.#channel.show(true);
    }
  }

  /** The channel as the language client is given it. */
  get channel(): vscode.LogOutputChannel {
    const channel = this.#channel;
    const level = () => this.#level;
    return {
      name: channel.name,
      get logLevel() {
        return level();
      },
      onDidChangeLogLevel: this.#changed.event,
      // What is no message is logged anyway.
      trace: (message, ...rest) => channel.info(message, ...rest),
      debug: (message, ...rest) => channel.debug(message, ...rest),
      info: (message, ...rest) => channel.info(message, ...rest),
      warn: (message, ...rest) => channel.warn(message, ...rest),
      error: (message, ...rest) => channel.error(message, ...rest),
      append: (value) => channel.append(value),
      appendLine: (value) => channel.appendLine(value),
      replace: (value) => channel.replace(value),
      clear: () => channel.clear(),
      show: () => channel.show(true),
      hide: () => channel.hide(),
      dispose: () => {},
    };
  }

  get #level(): vscode.LogLevel {
    return this.#on ? vscode.LogLevel.Trace : vscode.LogLevel.Info;
  }

  dispose(): void {
    this.#changed.dispose();
    this.#channel.dispose();
  }
}
