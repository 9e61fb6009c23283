import { expect, test } from "vitest";
import { createTestKit } from "./kit.js";

/** Timers that keep the process alive: those that don't are no active resource. */
const countTimers = () =>
  process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;

test("a runner keeps its process from ending, however long nothing is due, until it is stopped", async () => {
  const { tenon } = createTestKit();
  const before = countTimers();
  const runner = tenon.webhooks.startRunner();
  const another = tenon.webhooks.startRunner();
  expect(countTimers()).toBe(before + 1);

  await another.stop();
  expect(countTimers()).toBe(before + 1);
  await runner.stop();
  expect(countTimers()).toBe(before);

  tenon.webhooks.startRunner();
  await tenon.close();
  expect(countTimers()).toBe(before);
});
