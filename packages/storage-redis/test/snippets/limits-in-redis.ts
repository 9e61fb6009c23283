import { createTenon } from "@tenon/core";
import { postgresStorage } from "@tenon/storage-postgres";
import { redisLimits, redisShortLived } from "@tenon/storage-redis";
import { Redis } from "ioredis";
import pg from "pg";
import pino from "pino";

const logger = pino();
export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
export const redis = new Redis(process.env.REDIS_URL ?? "redis://localhost:6379");
redis.on("error", (err) => logger.warn({ err }, "Redis cannot be reached"));

export const tenon = createTenon({
  storage: postgresStorage({ pool }),
  limits: redisLimits({ redis }),
  shortLived: redisShortLived({ redis }),
  logger,
});
