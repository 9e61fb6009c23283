import { setImmediate } from "node:timers/promises";
import { race } from "@tenon/contract-tests";
import { createTenon } from "@tenon/core";
import type { Logger } from "@tenon/core/ports";
import { Kysely, PostgresDialect } from "kysely";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { postgresStorage } from "../src/index.js";
import { readBalance } from "./faults/balance.js";
import { createDeliveringKit, createEndpoints, publish } from "./faults/delivering-kit.js";
import { type Receiver, startReceiver } from "./faults/receiver.js";
import { createMigratedDatabase, type MigratedDatabase } from "./migrated-database.js";

const PROCESSES = 4;

describe.each(["repeatable read", "serializable"])("in a database that defaults to %s", (level) => {
  let database: MigratedDatabase;
  let pools: readonly pg.Pool[];
  beforeAll(async () => {
    database = await createMigratedDatabase();
    const name = new URL(database.url).pathname.slice(1);
    await database.pool.query(`ALTER DATABASE ${name} SET default_transaction_isolation = '${level}'`);
    // Only connections made from now on begin so.
    pools = Array.from({ length: PROCESSES }, () => database.openPool({ max: 4 }));
  });
  afterAll(() => database.drop());

  const storages = {
    pool: (pool: pg.Pool) => postgresStorage({ pool }),
    kysely: (pool: pg.Pool) =>
      postgresStorage({ kysely: new Kysely({ dialect: new PostgresDialect({ pool }) }) }),
  };

  test.each(Object.entries(storages))(
    "racing calls on one limit are accepted up to the limit, and none throws (%s)",
    async (name, open) => {
      const processes = pools.map((pool) => createTenon({ storage: open(pool) }));
      const limits = [{ name: "hour", limit: 100, windowSeconds: 3600 }];
      const answers = await race(PROCESSES * 2, async (client) => {
        let accepted = 0;
        for (let call = 0; call < 20; call++) {
          const verdict = await processes[client % PROCESSES]?.limits.consume({ subject: name, limits });
          if (verdict?.allowed) accepted += 1;
        }
        return accepted;
      });
      expect(answers.reduce((sum, count) => sum + count, 0)).toBe(100);
    },
  );

  describe("with a receiver", () => {
    let receiver: Receiver;
    beforeAll(async () => {
      receiver = await startReceiver();
    });
    afterAll(() => receiver.close());

    test("runners of two processes deliver each message, and complain of nothing", async () => {
      const complaints: string[] = [];
      const note: Logger["warn"] = (_, message) => void complaints.push(message);
      const logger: Logger = { debug: () => {}, info: () => {}, warn: note, error: note };
      const [first, second] = pools.slice(0, 2).map((pool) => createDeliveringKit(pool, { logger }));
      if (first === undefined || second === undefined) throw new Error("there are no two processes");
      await createEndpoints(first, { url: receiver.url, count: 3 });
      const runners = [first, second].map((kit) =>
        kit.webhooks.startRunner({ slots: 8, pollIntervalMs: 20 }),
      );
      for (let burst = 0; burst < 5; burst++) await Promise.all([publish(first, 10), publish(second, 10)]);
      while ((await readBalance(database.pool)).queued > 0) await setImmediate();
      await Promise.all(runners.map((runner) => runner.stop()));
      expect(complaints).toEqual([]);
      expect(new Set(receiver.arrivals).size).toBe(300);
    });

    test("publishes that race with one idempotency key are one message", async () => {
      const kits = pools.map((pool) => createDeliveringKit(pool));
      const published = await race(PROCESSES * 2, (client) =>
        (kits[client % PROCESSES] as (typeof kits)[number]).webhooks.publish({
          tenantId: "racing",
          type: "counted",
          data: {},
          idempotencyKey: "once",
        }),
      );
      expect(new Set(published.map(({ message }) => message.id)).size).toBe(1);
    });
  });
});
