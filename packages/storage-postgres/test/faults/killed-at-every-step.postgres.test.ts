import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMigratedDatabase } from "../migrated-database.js";
import { readBalance } from "./balance.js";
import { type BundledProgram, bundleProgram } from "./bundled-process.js";
import { createDeliveringKit, createEndpoints, publish } from "./delivering-kit.js";
import { type Receiver, startReceiver } from "./receiver.js";

const ENDPOINTS = 2;
const MESSAGES = 3;
/** Each process lives an hour after the one before, so that what that one held is due again. */
const HOUR_MS = 3_600_000;
const DEATH_LIMIT_MS = 20_000;

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
let receiver: Receiver;
let program: BundledProgram;

beforeAll(async () => {
  program = await bundleProgram("doomed-runner");
  database = await createMigratedDatabase();
  receiver = await startReceiver();
});
afterAll(async () => {
  receiver.close();
  await program.remove();
  await database.drop();
});

/** A process that delivers, with the clock so many hours ahead. Says what it said, and what it died of. */
async function run(
  hours: number,
  dieAt?: string,
): Promise<{ said: unknown; code: unknown; signal: unknown }> {
  const env = { DATABASE_URL: database.url, CLOCK_OFFSET_MS: String(hours * HOUR_MS) };
  const child = program.start(dieAt === undefined ? env : { ...env, DIE_AT: dieAt }, {
    timeout: DEATH_LIMIT_MS,
  });
  let said: unknown;
  child.once("message", (message) => {
    said = message;
  });
  const [code, signal] = await once(child, "exit");
  return { said, code, signal };
}

test("a runner that is killed at any step of a delivery loses nothing", { timeout: 180_000 }, async () => {
  const tenon = createDeliveringKit(database.pool);
  await createEndpoints(tenon, { url: receiver.url, count: ENDPOINTS });
  await publish(tenon, MESSAGES);
  const { said } = await run(0);
  const steps = said as readonly string[];
  expect(steps.length).toBeGreaterThan(12);
  expect(steps).toEqual(
    expect.arrayContaining([
      "queue.claim is done",
      "the request is answered",
      "queue.settle statement 1 is sent",
    ]),
  );

  let published = ENDPOINTS * MESSAGES;
  for (const [index, step] of steps.entries()) {
    await publish(tenon, MESSAGES);
    published += ENDPOINTS * MESSAGES;
    expect(await run(index + 1, step), step).toMatchObject({ signal: "SIGKILL" });
    expect(await readBalance(database.pool), step).toMatchObject({ exhausted: 0, cancelled: 0, astray: 0 });
  }
  expect(await run(steps.length + 1)).toMatchObject({ code: 0 });

  expect(await readBalance(database.pool)).toEqual({
    queued: 0,
    succeeded: published,
    exhausted: 0,
    cancelled: 0,
    wronglyLogged: 0,
    astray: 0,
  });
  expect(new Set(receiver.arrivals).size).toBe(published);
});
