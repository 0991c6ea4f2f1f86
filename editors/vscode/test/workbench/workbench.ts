// VS Code's workbench in a browser, as a user's hands and eyes have it.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Locator, type Page } from "playwright-core";
import { artefacts } from "./places";

/** How long anything may take to appear: GHC and cabal may be at work for the first time on a busy machine. */
const patience = 120_000 * Number(process.env["THATCH_TEST_TIMEOUT_MULTIPLIER"] ?? "1");

// Without these Chromium talks to its maker's hosts.
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export class Workbench {
  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
    private readonly profile: string,
  ) {}

  static async open(url: string, folder: string): Promise<Workbench> {
    const profile = mkdtempSync(join(tmpdir(), "thatch-browser-"));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: "/usr/bin/chromium",
      args: flags,
      viewport: { width: 1280, height: 800 },
    });
    context.setDefaultTimeout(patience);
    const page = context.pages()[0] ?? (await context.newPage());
    const workbench = new Workbench(page, context, profile);
    await page.goto(`${url}?folder=${encodeURIComponent(folder)}`);
    await page.locator(".monaco-workbench .statusbar-item").first().waitFor();
    return workbench;
  }

  async close(): Promise<void> {
    await this.context.close();
    rmSync(this.profile, { recursive: true, force: true });
  }

  /** What thatch's item in the status bar says, without icons. */
  get status(): Locator {
    return this.page.locator('[id$="thatch.status"] a');
  }

  get notifications(): Locator {
    return this.page.locator(".notification-toast");
  }

  /** The editor in which a file is shown. */
  editor(file: string): Locator {
    return this.page.locator(`.editor-instance .monaco-editor[data-uri$="/${file}"]`).first();
  }

  /** The line of an editor that holds a text. */
  line(file: string, text: string): Locator {
    return this.editor(file)
      .locator(".view-line")
      .filter({ hasText: drawn(text) })
      .first();
  }

  /** Choose something in the box at the top, by typing. */
  async quickly(key: string, text: string): Promise<void> {
    await this.page.keyboard.press(key);
    const input = this.page.locator(".quick-input-widget input.input");
    await input.fill(text);
    const first = this.page.locator(".quick-input-list .monaco-list-row").first();
    await first.filter({ hasText: text.replace(/^>/, "").split(":")[0] ?? "" }).waitFor();
    await this.page.keyboard.press("Enter");
    await input.waitFor({ state: "hidden" });
  }

  async openFile(name: string, line = 1, column = 1): Promise<void> {
    await this.quickly("Control+p", name);
    await this.editor(name).waitFor();
    await this.goTo(line, column);
  }

  async goTo(line: number, column = 1): Promise<void> {
    await this.quickly("Control+g", `:${line}:${column}`);
  }

  /** Run a command by its title, such as `thatch: Restart`. */
  async command(title: string): Promise<void> {
    await this.quickly("F1", `>${title}`);
  }

  get shownHover(): Locator {
    return this.page.locator(".monaco-hover:visible .hover-contents");
  }

  /** Rest the pointer on a word of an editor, which is drawn by itself. */
  async hover(file: string, word: string): Promise<void> {
    const found = this.editor(file).locator(".view-line span span", { hasText: new RegExp(`^${word}$`) });
    await found.first().hover();
  }

  async screenshot(name: string): Promise<void> {
    await this.page.screenshot({ path: join(artefacts, `${name}.png`) });
  }
}

/** A pattern for a text as the workbench draws it; quotes are any character, because selectors cannot hold them. */
function drawn(text: string): RegExp {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  // Spaces are drawn as no-break spaces.
  return new RegExp(escaped.replace(/ /g, "\\s").replace(/["'`]/g, "."));
}
