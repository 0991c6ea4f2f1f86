// What the server speaks beyond LSP, as docs/protocol.md has it; nothing is sent here.

import { NotificationType, NotificationType0, RequestType } from "vscode-languageclient/node";

export interface ServerStatus {
  readonly health: "ok" | "warning" | "error";
  /** Nothing is being done: all that is known has been told. */
  readonly quiescent: boolean;
  /** The cause of trouble and its remedy, for the user. */
  readonly message: string;
  /** What is being done now, such as "Checking demo: 12/502 Lib.Foo". */
  readonly work: string;
  readonly ghcVersions: readonly string[];
}

export interface ExpansionParams {
  readonly textDocument: { readonly uri: string };
  readonly position: { readonly line: number; readonly character: number };
}

export interface Expansion {
  /** Of the document that shows it. */
  readonly uri: string;
  readonly languageId: string;
  readonly text: string;
  /** Where in the text the expansion begins, from 0. */
  readonly firstLine: number;
}

/** Something to be run in a terminal. */
export interface Run {
  readonly title: string;
  readonly program: string;
  readonly arguments: readonly string[];
  readonly cwd: string;
}

export interface FoundTest {
  readonly name: string;
  readonly kind: "group" | "test";
  readonly range: {
    readonly start: { readonly line: number; readonly character: number };
    readonly end: { readonly line: number; readonly character: number };
  };
  /** Null where nothing runs just this. */
  readonly run: Run | null;
  /** What is in a group. */
  readonly tests: readonly FoundTest[];
}

/** A file that has tests. */
export interface TestFile {
  readonly uri: string;
  readonly module: string;
  readonly component: string;
  readonly tests: readonly FoundTest[];
}

export interface TestsParams {
  readonly textDocument?: { readonly uri: string };
}

export const statusChanged = new NotificationType<ServerStatus>("thatch/status");
export const trustGranted = new NotificationType0("thatch/didGrantTrust");
export const expansionRequest = new RequestType<ExpansionParams, Expansion | null, void>("thatch/expansion");
export const testsRequest = new RequestType<TestsParams, readonly TestFile[], void>("thatch/tests");
