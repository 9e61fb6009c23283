import { afterEach, expect, test, vi } from "vitest";
import { connectPool } from "./pg-pool.js";

afterEach(() => {
  vi.useRealTimers();
});

test("a client whose query throws at once is closed, and nothing waits for its answer", async () => {
  vi.useFakeTimers();
  const released: unknown[] = [];
  const client = {
    query: () => {
      throw new TypeError("the wrapper is broken");
    },
    release: (destroy?: boolean) => void released.push(destroy),
  };
  const limits = { acquireTimeoutMs: 1_000, statementTimeoutMs: 1_000, preparedStatements: false };
  const connector = connectPool({ connect: async () => client }, limits);
  await expect(connector.query("SELECT 1", [])).rejects.toThrow("the wrapper is broken");
  expect(released).toEqual([true]);
  expect(vi.getTimerCount()).toBe(0);
});
