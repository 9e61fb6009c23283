import { Redis } from "ioredis";
import { RateLimiterRedis } from "rate-limiter-flexible";
import { AMPLE, DAY_SECONDS, HOUR_SECONDS } from "../../measure/scenario.js";
import { serveSlices } from "../../measure/serve-slices.js";
import { chargeWork } from "../charge-work.js";

await serveSlices(async () => {
  const storeClient = new Redis(process.env.BENCH_REDIS_URL ?? "");
  const limiter = (keyPrefix: string, duration: number) =>
    new RateLimiterRedis({ storeClient, keyPrefix, points: AMPLE, duration });
  const [hour, day] = [limiter("hour", HOUR_SECONDS), limiter("day", DAY_SECONDS)];
  return chargeWork({
    async oneSubject(subject) {
      await Promise.all([hour.consume(subject), day.consume(subject)]);
    },
    async keyAndTenant(key, tenant) {
      await Promise.all([hour.consume(key), hour.consume(tenant)]);
    },
  });
});
