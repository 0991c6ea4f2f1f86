// The lines that the server logs; pure.

export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly text: string;
}

const levels: Readonly<Record<string, LogLine["level"]>> = {
  DEBUG: "debug",
  INFO: "info",
  WARNING: "warn",
  ERROR: "error",
  CRITICAL: "error",
};

/** A line with the level that it was logged at, and without the time, which the output panel tells again. */
export function readLogLine(line: string): LogLine {
  const found = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ([A-Z]+) (.*)$/.exec(line);
  const level = levels[found?.[1] ?? ""];
  return level === undefined ? { level: "info", text: line } : { level, text: found?.[2] ?? "" };
}
