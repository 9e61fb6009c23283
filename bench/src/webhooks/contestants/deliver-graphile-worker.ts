import { Logger, type RunnerOptions, run, runMigrations } from "graphile-worker";
import pg from "pg";
import { type Deliverer, serveDeliveries } from "../serve-deliveries.js";
import { CREATE_LOG, INSERT_LOG, newPostJob, type PostJob, postSigned } from "../signed-post.js";
import { POOL_SIZE } from "../tenon-kit.js";

const CONCURRENCY = 64;
const BATCH = 1000;
const logs = process.env.BENCH_LOG === "1";
const logger = new Logger(() => () => {});

await serveDeliveries(async (): Promise<Deliverer> => {
  const pool = new pg.Pool({ connectionString: process.env.BENCH_DATABASE_URL, max: POOL_SIZE });
  // It warns of a pool whose errors nobody hears.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  await runMigrations({ pgPool: pool, logger });
  await pool.query(CREATE_LOG);
  let delivered = 0;
  let onDelivered = () => {};

  async function deliverJob(job: PostJob): Promise<void> {
    const startedAt = new Date();
    const status = await postSigned(job);
    if (logs) {
      const durationMs = Date.now() - startedAt.getTime();
      await pool.query(INSERT_LOG, [job.id, job.url, startedAt, durationMs, status]);
    }
    delivered += 1;
    onDelivered();
  }
  const options: RunnerOptions = {
    pgPool: pool,
    concurrency: CONCURRENCY,
    noHandleSignals: true,
    logger,
    taskList: { deliver: (payload) => deliverJob(payload as PostJob) },
    // Its own ways to be faster, for whoever looks for them: jobs taken and completed many at a time.
    ...(process.env.BENCH_BATCHED === "1" && {
      preset: {
        worker: { localQueue: { size: 4 * CONCURRENCY }, completeJobBatchDelay: 0, failJobBatchDelay: 0 },
      },
    }),
  };
  return {
    async fill(count) {
      for (let first = 0; first < count; first += BATCH) {
        const jobs = Array.from({ length: Math.min(BATCH, count - first) }, (_, n) => newPostJob(first + n));
        await pool.query(
          "SELECT graphile_worker.add_job('deliver', job) FROM json_array_elements($1::json) AS job",
          [JSON.stringify(jobs)],
        );
      }
    },
    async deliver(count) {
      delivered = 0;
      const done = new Promise<void>((resolve) => {
        onDelivered = () => {
          if (delivered >= count) resolve();
        };
      });
      const runner = await run(options);
      await done;
      await runner.stop();
    },
    async start() {
      await run(options);
    },
  };
});
