import { createTenon } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import { redisLimits } from "@tenon/storage-redis";
import { Redis } from "ioredis";
import { serveSlices } from "../../measure/serve-slices.js";
import { chargeWork } from "../charge-work.js";
import { chargeWith } from "../tenon-charges.js";

await serveSlices(async () => {
  const redis = new Redis(process.env.BENCH_REDIS_URL ?? "");
  return chargeWork(
    chargeWith(createTenon({ storage: memoryStorage(), limits: redisLimits({ redis, prefix: "{bench}:" }) })),
  );
});
