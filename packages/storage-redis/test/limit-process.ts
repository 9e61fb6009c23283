import { Redis } from "ioredis";
import { redisLimits } from "../src/index.js";

// Makes 400 calls, 40 at a time, against one limit of 500, and prints how many were accepted.
const [url = "", prefix = ""] = process.argv.slice(2);
const redis = new Redis(url);
const store = redisLimits({ redis, prefix, timeoutMs: 20_000 });
const limits = [{ name: "hour", limit: 500, windowSeconds: 3_600, algorithm: "sliding-window" as const }];

let accepted = 0;
for (let round = 0; round < 10; round++) {
  const charges = [{ subject: "tenant", cost: 1, limits }];
  const outcomes = await Promise.all(Array.from({ length: 40 }, () => store.consume({ charges })));
  accepted += outcomes.filter(({ allowed }) => allowed).length;
}
process.stdout.write(String(accepted));
redis.disconnect();
