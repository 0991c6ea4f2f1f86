// Whether a server that ended by itself is started again; pure.

/** So many ends within so long, and there is no sense in another start. */
const most = 3;
const withinMilliseconds = 3 * 60 * 1000;

/** Remembers when the server ended. */
export class Crashes {
  #times: number[] = [];

  /** It ended at this time (in milliseconds): whether to start it again. */
  startAgain(now: number): boolean {
    this.#times = [...this.#times.filter((time) => now - time < withinMilliseconds), now];
    return this.#times.length <= most;
  }

  /** The user wants it started: what was before counts no more. */
  forget(): void {
    this.#times = [];
  }
}
