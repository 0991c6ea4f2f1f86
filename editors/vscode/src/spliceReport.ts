// The page about all splices of a project: where the time goes, and every expansion.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import { currentFolder, type Tool } from "./tool";

export async function showSpliceReport(tool: Tool): Promise<void> {
  const folder = currentFolder();
  if (folder === undefined) {
    vscode.window.showInformationMessage("This is about a project: open its folder first.");
    return;
  }
  const scratch = await mkdtemp(join(tmpdir(), "thatch-"));
  try {
    const file = join(scratch, "splices.html");
    const ran = await tool.run({
      title: "Gathering the splices",
      args: ["splices", "--html", file],
      cwd: folder,
      settings: ["ghc", "cacheDir", "cacheRemote"],
    });
    if (ran?.code === 0) {
      show(await readFile(file, "utf8"));
    } else if (ran !== undefined) {
      vscode.window.showErrorMessage(ran.stderr.trim() || "thatch could not list the splices.");
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function show(page: string): void {
  const panel = vscode.window.createWebviewPanel("thatch.splices", "Splices", vscode.ViewColumn.Active, {
    // The page sorts and filters itself; its own policy lets it load nothing.
    enableScripts: true,
    enableFindWidget: true,
    localResourceRoots: [],
    retainContextWhenHidden: true,
  });
  panel.webview.html = themed(page);
}

/** The page with the editor's colours in the place of its own. */
function themed(page: string): string {
  const colours = `<style>:root, body.vscode-light, body.vscode-dark {
    --text: var(--vscode-editor-foreground); --dim: var(--vscode-descriptionForeground);
    --back: var(--vscode-editor-background); --panel: var(--vscode-editorWidget-background);
    --line: var(--vscode-panel-border, var(--vscode-editorWidget-border));
  }</style>`;
  return page.replace("</head>", `${colours}</head>`);
}
