// VS Code's server with the packaged extension in it, as a process of its own with folders of its own.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { artefacts, repository } from "./places";

const program = join(repository, ".toolchains/code-server/out/server-main.js");
const folder = join(repository, "editors/vscode");

/** The package that users install. */
const ours = join(folder, "dist/thatch.vsix");

/** Packs a folder with an extension; returns the package. */
export function packed(name: string): string {
  const file = join(artefacts, `${name}.vsix`);
  const options = ["--no-dependencies", "--allow-missing-repository", "--skip-license", "--out", file];
  execFileSync(join(folder, "node_modules/.bin/vsce"), ["package", ...options], {
    cwd: join(import.meta.dirname, name),
    stdio: "ignore",
  });
  return file;
}

export interface ServerOptions {
  /** The user's settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Packages of extensions that are installed besides ours. */
  readonly extensions?: readonly string[];
  /** What the server finds in its environment besides ours. */
  readonly environment?: Readonly<Record<string, string>>;
}

export class CodeServer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly data: string,
    /** Of its page, without a folder to open. */
    readonly url: string,
  ) {}

  static async start({ settings = {}, extensions = [], environment = {} }: ServerOptions): Promise<CodeServer> {
    const data = mkdtempSync(join(tmpdir(), "thatch-workbench-"));
    writeSettings(data, settings);
    const folders = ["--server-data-dir", data, "--accept-server-license-terms"];
    const installed = [ours, ...extensions].flatMap((file) => ["--install-extension", file]);
    execFileSync(process.execPath, [program, ...folders, ...installed], { stdio: "ignore" });
    const child = spawn(
      process.execPath,
      [
        program,
        ...folders,
        "--without-connection-token",
        "--force-disable-user-env",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
      ],
      {
        env: { ...process.env, ...environment },
        stdio: ["ignore", "pipe", openSync(join(artefacts, "server.log"), "a")],
      },
    );
    return new CodeServer(child, data, await announcedUrl(child));
  }

  /** The user changes settings, all at once. */
  set(settings: Readonly<Record<string, unknown>>): void {
    writeSettings(this.data, settings);
  }

  async stop(): Promise<void> {
    this.child.kill("SIGTERM");
    await once(this.child, "exit");
    rmSync(this.data, { recursive: true, force: true });
  }
}

/** Nothing of the workbench's own that moves, asks or covers what the tests look at. */
const quiet: Readonly<Record<string, unknown>> = {
  "editor.minimap.enabled": false,
  "extensions.ignoreRecommendations": true,
  "security.workspace.trust.enabled": false,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "window.commandCenter": false,
  "workbench.layoutControl.enabled": false,
  "workbench.reduceMotion": "on",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "chat.commandCenter.enabled": false,
};

/** What differs between machines VS Code reads where the server is; the rest follows the user. */
function writeSettings(data: string, settings: Readonly<Record<string, unknown>>): void {
  for (const place of ["User", "Machine"]) {
    const folder = join(data, "data", place);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "settings.json"), JSON.stringify({ ...quiet, ...settings }));
  }
}

function announcedUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout?.on("data", (piece) => {
      said += String(piece);
      const port = /Extension host agent listening on (\d+)/.exec(said)?.[1];
      if (port !== undefined) {
        resolve(`http://127.0.0.1:${port}/`);
      }
    });
    child.once("exit", () => reject(new Error(`VS Code's server did not start: ${said}`)));
  });
}
