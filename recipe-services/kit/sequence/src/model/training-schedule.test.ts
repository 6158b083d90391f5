import { describe, expect, it } from "vitest";
import { TrainingSchedule } from "./training-schedule.js";

/** A schedule, and a clock that stands still unless it is moved by so many seconds. */
function scheduleOf(trainingSeconds: number): { schedule: TrainingSchedule; wait: (seconds: number) => void } {
  let now = 5000;
  const schedule = new TrainingSchedule(trainingSeconds, () => now);
  return { schedule, wait: (seconds) => void (now += 1000 * seconds) };
}

describe("the schedule of a training", () => {
  it("leaves the networks what is left of the time, less where they continue earlier ones", () => {
    const { schedule, wait } = scheduleOf(300);
    wait(20);
    expect(schedule.networkSeconds(1)).toBe(280);
    expect(schedule.networkSeconds(0.35)).toBeCloseTo(85, 9);
    wait(300);
    expect(schedule.networkSeconds(1)).toBeLessThan(0);
  });

  it("has time for a second fit of the ridge where the first took little of it, or nothing else is trained", () => {
    expect(scheduleOf(100).schedule.allowsRefit(15)).toBe(true);
    expect(scheduleOf(100).schedule.allowsRefit(16)).toBe(false);
    expect(scheduleOf(0).schedule.allowsRefit(1e6)).toBe(true);
  });

  it("validates on more users in longer trainings and smaller catalogues, and on a hundred in any", () => {
    const users = (seconds: number, items: number): number => scheduleOf(seconds).schedule.maxValidationUsers(items);
    expect(users(0, 10_000)).toBe(3000);
    expect(users(120, 10_000)).toBe(6000);
    expect(users(0, 20_000)).toBe(1500);
    expect(users(0, 10_000_000)).toBe(100);
  });

  it("trains five times as long as a checkpoint took before the next one, but never leaves out the last", async () => {
    const { schedule, wait } = scheduleOf(300);
    const measured: number[] = [];
    for (let second = 10; second <= 100; second += 10) {
      wait(10);
      await schedule.checkpoint(second / 100, async () => {
        measured.push(second);
        wait(5);
      });
    }
    // Each takes 5 seconds; the next one is due 25 seconds later.
    expect(measured).toEqual([10, 40, 70, 100]);
    await schedule.checkpoint(1, async () => void measured.push(0));
    expect(measured.at(-1)).toBe(0);
  });
});
