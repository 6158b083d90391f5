import { test } from "vitest";
import { WakeUp } from "./wake-up.js";

test("a sleeper wakes by notice, by time, and when called off", async () => {
  const wakeUp = new WakeUp();
  const noticed = wakeUp.wait(60_000);
  wakeUp.notify();
  await noticed;
  await wakeUp.wait(1);
  const abort = new AbortController();
  const calledOff = wakeUp.wait(60_000, abort.signal);
  abort.abort();
  await calledOff;
  await wakeUp.wait(60_000, abort.signal);
});
