import { expect, test } from "vitest";
import { Crashes } from "../../src/crashes";

const minute = 60_000;

test("a server that ends again and again is given up", () => {
  const crashes = new Crashes();
  expect([0, 1, 2, 3].map((second) => crashes.startAgain(second * 1000))).toEqual([true, true, true, false]);
});

test("a server that ends now and then is started each time", () => {
  const crashes = new Crashes();
  expect([0, 2, 4, 6, 8].map((time) => crashes.startAgain(time * minute))).toEqual([true, true, true, true, true]);
});

test("when the user starts it, nothing is held against it", () => {
  const crashes = new Crashes();
  for (const second of [0, 1, 2]) {
    crashes.startAgain(second * 1000);
  }
  crashes.forget();
  expect(crashes.startAgain(3000)).toBe(true);
});
