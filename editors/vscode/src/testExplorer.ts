// The tests of the project in VS Code's test explorer: a tree that the server tells, each run in a terminal.

import * as vscode from "vscode";
import { type FoundTest, type Run, type TestFile, testsRequest } from "./protocol";
import { runToEnd } from "./running";
import type { Server, ServerState } from "./server";

export function registerTestExplorer(server: Server): vscode.Disposable {
  const explorer = new TestExplorer(server);
  return vscode.Disposable.from(
    explorer.controller,
    vscode.workspace.onDidSaveTextDocument((document) => explorer.update(document)),
    vscode.workspace.onDidOpenTextDocument((document) => explorer.update(document)),
    server.onDidChange((state) => explorer.follow(state)),
  );
}

class TestExplorer {
  readonly controller = vscode.tests.createTestController("thatch", "Haskell (thatch)");
  readonly #runs = new WeakMap<vscode.TestItem, Run>();
  /** Somebody has looked at the tests. */
  #isShown = false;

  constructor(private readonly server: Server) {
    this.controller.resolveHandler = async (item) => {
      this.#isShown = true;
      if (item === undefined) {
        await this.#readAll();
      }
    };
    this.controller.refreshHandler = () => this.#readAll();
    this.controller.createRunProfile(
      "Run in a terminal",
      vscode.TestRunProfileKind.Run,
      (request, token) => this.#run(request, token),
      true,
    );
  }

  /** What the project's tests are is known when the server knows the project. */
  follow(state: ServerState): void {
    if (state.kind === "stopped") {
      this.controller.items.replace([]);
    } else if (
      this.#isShown &&
      state.kind === "running" &&
      state.status?.quiescent &&
      this.controller.items.size === 0
    ) {
      void this.#readAll();
    }
  }

  /** A document may have other tests than before. */
  async update(document: vscode.TextDocument): Promise<void> {
    if (document.uri.scheme !== "file" || !document.languageId.endsWith("haskell")) {
      return;
    }
    const found = await this.#ask({ textDocument: { uri: document.uri.toString() } });
    if (found?.length === 0) {
      this.controller.items.delete(document.uri.toString());
    }
    for (const file of found ?? []) {
      this.#show(file);
    }
  }

  async #readAll(): Promise<void> {
    const found = await this.#ask({});
    for (const file of found ?? []) {
      this.#show(file);
    }
  }

  async #ask(params: { readonly textDocument?: { readonly uri: string } }): Promise<readonly TestFile[] | undefined> {
    return this.server.client?.sendRequest(testsRequest, params).catch(() => undefined);
  }

  #show(file: TestFile): void {
    const uri = vscode.Uri.parse(file.uri, true);
    const item = this.controller.createTestItem(uri.toString(), file.module, uri);
    item.description = file.component;
    item.children.replace(this.#items(item.id, uri, file.tests));
    this.controller.items.add(item);
  }

  #items(parent: string, uri: vscode.Uri, tests: readonly FoundTest[]): vscode.TestItem[] {
    const seen = new Map<string, number>();
    return tests.map((test) => {
      const before = seen.get(test.name) ?? 0;
      seen.set(test.name, before + 1);
      const item = this.controller.createTestItem(`${parent}\n${test.name}\n${before}`, test.name, uri);
      const { start, end } = test.range;
      item.range = new vscode.Range(start.line, start.character, end.line, end.character);
      item.children.replace(this.#items(item.id, uri, test.tests));
      if (test.run !== null) {
        this.#runs.set(item, test.run);
      }
      return item;
    });
  }

  async #run(request: vscode.TestRunRequest, cancelled: vscode.CancellationToken): Promise<void> {
    const testing = this.controller.createTestRun(request);
    const wanted = request.include ?? [...this.controller.items].map(([, item]) => item);
    for (const item of wanted) {
      await this.#runItem(item, request.exclude ?? [], testing, cancelled);
    }
    testing.end();
  }

  /** Run a test or a group, or one after the other what is in a file. */
  async #runItem(
    item: vscode.TestItem,
    excluded: readonly vscode.TestItem[],
    testing: vscode.TestRun,
    cancelled: vscode.CancellationToken,
  ): Promise<void> {
    const run = this.#runs.get(item);
    if (cancelled.isCancellationRequested || excluded.includes(item)) {
      return;
    }
    if (run === undefined || excluded.some((one) => one.id.startsWith(`${item.id}\n`))) {
      for (const [, child] of item.children) {
        await this.#runItem(child, excluded, testing, cancelled);
      }
      return;
    }
    testing.started(item);
    const code = await runToEnd(run, cancelled);
    if (code === 0) {
      passed(item, testing);
    } else if (code === undefined) {
      testing.skipped(item);
    } else {
      // Which test of a group failed, only the terminal says.
      testing.failed(item, new vscode.TestMessage(`It ended with the code ${code}: the terminal says why.`));
    }
  }
}

/** A group has passed with all that is in it. */
function passed(item: vscode.TestItem, testing: vscode.TestRun): void {
  testing.passed(item);
  for (const [, child] of item.children) {
    passed(child, testing);
  }
}
