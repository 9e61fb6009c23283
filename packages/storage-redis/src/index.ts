export type { IoRedisClient, NodeRedisClient, RedisClient } from "./redis-client.js";
export type { RedisStoreConfig } from "./redis-config.js";
export { redisLimits } from "./redis-limits.js";
export { redisShortLived } from "./redis-short-lived.js";
