import { createTenon } from "@tenon/core";
import type { Storage } from "@tenon/core/ports";
import { memoryStorage } from "@tenon/storage-memory";
import { expect, test } from "vitest";
import { createTestKit } from "./kit.js";

const second = { name: "second", limit: 1, windowSeconds: 1 };

test("prune removes every subject whose windows are over, and no other", async () => {
  const { tenon, clock } = createTestKit();
  for (let user = 0; user < 1_200; user++) {
    await tenon.limits.consume({ subject: `user:${user}`, limits: [second] });
  }
  await tenon.limits.consume({ subject: "day", limits: [{ ...second, windowSeconds: 86_400 }] });
  expect(await tenon.prune()).toMatchObject({ rateLimitSubjects: 0 });
  clock.advance(2_000);
  expect(await tenon.prune()).toMatchObject({ rateLimitSubjects: 1_200 });
  expect(
    await tenon.limits.consume({ subject: "day", limits: [{ ...second, windowSeconds: 86_400 }] }),
  ).toMatchObject({ allowed: false });
});

test("once started they are removed every minute, until close; a failure is logged and tried again", async () => {
  const good = memoryStorage();
  let prunings = 0;
  let whenPruned = () => {};
  const rateLimits: Storage["rateLimits"] = {
    ...good.rateLimits,
    async prune() {
      prunings += 1;
      whenPruned();
      if (prunings === 1) throw new Error("not now");
      return 0;
    },
  };
  const { tenon, clock, logLines } = createTestKit({ storage: { ...good, rateLimits } });
  const minutePasses = () =>
    new Promise<void>((resolve) => {
      whenPruned = resolve;
      clock.advance(60_000);
    });
  await tenon.start();
  clock.advance(59_999);
  expect(prunings).toBe(0);
  await minutePasses();
  // Everything that wakes has gone back to sleep.
  await new Promise((resolve) => setImmediate(resolve));
  expect(logLines.join("\n")).toContain("could not be removed");
  await minutePasses();
  expect(prunings).toBe(2);
  await tenon.close();
  clock.advance(600_000);
  expect(prunings).toBe(2);
  expect(clock.pendingWaits).toBe(0);
});

test("a kit that was never started has no timers", () => {
  const { clock } = createTestKit();
  expect(createTenon({ storage: memoryStorage(), clock })).toBeDefined();
  expect(clock.pendingWaits).toBe(0);
});
