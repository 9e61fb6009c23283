import PgBoss from "pg-boss";
import { type Deliverer, serveDeliveries } from "../serve-deliveries.js";
import { newPostJob, type PostJob, postSigned } from "../signed-post.js";
import { POOL_SIZE } from "../tenon-kit.js";

const QUEUE = "deliver";
const LANES = 2;
const BATCH = 32;
const INSERT_BATCH = 1000;

// Its own `work` waits half a second between batches at least: this fetches the next one at once, which is the most it
// can do. It logs no attempts.
await serveDeliveries(async (): Promise<Deliverer> => {
  const boss = new PgBoss({ connectionString: process.env.BENCH_DATABASE_URL ?? "", max: POOL_SIZE });
  boss.on("error", () => {});
  await boss.start();
  await boss.createQueue(QUEUE);

  async function deliverBatch(): Promise<number> {
    const jobs = await boss.fetch<PostJob>(QUEUE, { batchSize: BATCH });
    await Promise.all(jobs.map(({ data }) => postSigned(data)));
    if (jobs.length > 0)
      await boss.complete(
        QUEUE,
        jobs.map(({ id }) => id),
      );
    return jobs.length;
  }
  return {
    async fill(count) {
      for (let first = 0; first < count; first += INSERT_BATCH) {
        const size = Math.min(INSERT_BATCH, count - first);
        await boss.insert(
          Array.from({ length: size }, (_, n) => ({ name: QUEUE, data: newPostJob(first + n) })),
        );
      }
    },
    async deliver(count) {
      let delivered = 0;
      const lane = async () => {
        while (delivered < count) {
          const size = await deliverBatch();
          if (size === 0) return;
          delivered += size;
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
    },
    start: () => Promise.reject(new Error("only Tenon and graphile-worker are measured so")),
  };
});
