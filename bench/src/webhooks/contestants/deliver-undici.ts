import { type Deliverer, serveDeliveries } from "../serve-deliveries.js";
import { newPostJob, type PostJob, postSigned } from "../signed-post.js";

const CONCURRENCY = 64;

// The same signed POSTs without a queue: what is left when everything about safety is taken away.
await serveDeliveries(async (): Promise<Deliverer> => {
  let jobs: PostJob[] = [];
  return {
    async fill(count) {
      jobs = Array.from({ length: count }, (_, number) => newPostJob(number));
    },
    async deliver() {
      const lane = async () => {
        for (let job = jobs.pop(); job !== undefined; job = jobs.pop()) await postSigned(job);
      };
      await Promise.all(Array.from({ length: CONCURRENCY }, lane));
    },
    start: () => Promise.reject(new Error("there is nothing to start")),
  };
});
