import { postgresStorage } from "@tenon/storage-postgres";
import { nodeTransport } from "@tenon/transport-node";
import pg from "pg";
import { createDeliveringKit } from "./delivering-kit.js";
import { type OnStep, tellQueueCalls, tellRequests, tellStatements } from "./steps.js";

/**
 * A process that delivers until it comes to the step it is to die at. Without one it delivers what is due, and then
 * tells all the steps it came by.
 */
const { DATABASE_URL, DIE_AT, CLOCK_OFFSET_MS = "0" } = process.env;
const steps = new Set<string>();
const onStep: OnStep = (step) => {
  steps.add(step);
  if (step === DIE_AT) process.kill(process.pid, "SIGKILL");
};
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 3 });
tellStatements(pool, onStep);
const tenon = createDeliveringKit(pool, {
  storage: tellQueueCalls(postgresStorage({ pool }), onStep),
  transport: tellRequests(nodeTransport({ development: { loopback: true } }), onStep),
  // A later clock than that of the processes before: their leases have run out.
  clock: {
    now: () => new Date(Date.now() + Number(CLOCK_OFFSET_MS)),
    wait: (ms, signal) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        signal?.addEventListener("abort", () => {
          clearTimeout(timer);
          resolve();
        });
      }),
  },
});
if (DIE_AT === undefined) {
  await tenon.webhooks.runOnce({ slots: 8 });
  await tenon.close();
  process.send?.([...steps]);
  process.disconnect();
  await pool.end();
} else {
  tenon.webhooks.startRunner({ slots: 8 });
}
