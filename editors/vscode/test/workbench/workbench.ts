// VS Code's workbench in a browser, as a user's hands and eyes have it.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Locator, type Page } from "playwright-core";
import { artefacts } from "./places";

/** How long anything may take to appear: GHC and cabal may be at work for the first time on a busy machine. */
export const patience = 120_000 * Number(process.env["THATCH_TEST_TIMEOUT_MULTIPLIER"] ?? "1");

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

  /** The text of an editor that is in sight, without the ends of its lines. */
  async text(file: string): Promise<string> {
    const lines = await this.editor(file).locator(".view-lines").textContent();
    return lines?.replaceAll("\u00a0", " ") ?? "";
  }

  /** What the list of problems says. */
  async problems(): Promise<string> {
    await this.command("Problems: Focus on Problems View");
    return (await this.page.locator(".markers-panel").textContent()) ?? "";
  }

  /** Wait until thatch has done all it had to do. */
  async rest(): Promise<void> {
    await this.status.locator(".codicon-check").waitFor();
  }

  get notifications(): Locator {
    return this.page.locator(".notification-toast");
  }

  /** A message with this text in it. */
  notification(text: string): Locator {
    return this.notifications.filter({ hasText: text });
  }

  /** Press a button of a message, by which it goes. */
  async answer(text: string, button: string): Promise<void> {
    await this.notification(text).locator(".monaco-button", { hasText: button }).click();
    await this.notification(text).waitFor({ state: "detached" });
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

  async openFile(name: string): Promise<void> {
    await this.#choose("Control+p", name, name);
    await this.editor(name).waitFor();
  }

  async goTo(line: number, column = 1): Promise<void> {
    await this.#choose("Control+g", `:${line}:${column}`, `line ${line}`);
  }

  /** Run a command by its title, such as `thatch: Restart`. */
  async command(title: string): Promise<void> {
    await this.#choose("F1", `>${title}`, title);
  }

  /** Type into the box at the top that a key opens, and take the first that holds `offered`. */
  async #choose(key: string, text: string, offered: string): Promise<void> {
    await this.page.keyboard.press(key);
    const input = this.page.locator(".quick-input-widget input.input");
    await input.fill(text);
    const row = this.page.locator(".quick-input-list .monaco-list-row", { hasText: offered }).first();
    const focused = this.page.locator(".quick-input-list .monaco-list-row.focused", { hasText: offered });
    await row.waitFor();
    // Rows move while more is found: one that is clicked on may have become another.
    for (let tries = 0; tries < 20 && (await focused.count()) === 0; tries++) {
      await this.page.keyboard.press("ArrowDown");
    }
    await this.page.keyboard.press("Enter");
    await row.waitFor({ state: "hidden" });
  }

  /** What the box at the top offers under this name. */
  offered(name: string): Locator {
    const names = this.page.locator(".label-name", { hasText: new RegExp(`^\\s*${name}\\s*$`) });
    return this.page.locator(".quick-input-list .monaco-list-row").filter({ has: names }).first();
  }

  /** A word of an editor that is drawn by itself; the first there is. */
  word(file: string, word: string): Locator {
    return this.editor(file)
      .locator(".view-line span span", { hasText: drawn(word, "^", "$") })
      .first();
  }

  /** Rest the pointer on a word until a box with a text appears. */
  async hover(file: string, word: string, text: string): Promise<Locator> {
    const box = this.page.locator(".monaco-hover:visible .hover-contents", { hasText: text }).first();
    for (let tries = 0; tries < 10; tries++) {
      // The editor may have moved under the pointer.
      await this.page.mouse.move(0, 0);
      await this.word(file, word).hover();
      try {
        await box.waitFor({ timeout: patience / 10 });
        break;
      } catch {}
    }
    await box.waitFor({ timeout: 1000 });
    return box;
  }

  /** Take the code action with this title at the cursor. */
  async act(title: string): Promise<void> {
    await this.page.keyboard.press("Control+.");
    const actions = this.page.locator(".action-widget .monaco-list-row.action");
    await actions.filter({ hasText: title }).first().waitFor();
    const titles = await actions.allTextContents();
    const focused = this.page.locator(".action-widget .monaco-list-row.focused", { hasText: title });
    for (const _ of titles) {
      if ((await focused.count()) > 0) {
        break;
      }
      await this.page.keyboard.press("ArrowDown");
    }
    await focused.waitFor();
    await this.page.keyboard.press("Enter");
  }

  async screenshot(name: string): Promise<void> {
    await this.page.screenshot({ path: join(artefacts, `${name}.png`) });
  }
}

/** A pattern for a text as the workbench draws it; quotes are any character, because selectors cannot hold them. */
function drawn(text: string, before = "", after = ""): RegExp {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  // Spaces are drawn as no-break spaces.
  return new RegExp(before + escaped.replace(/ /g, "\\s").replace(/["'`]/g, ".") + after);
}
