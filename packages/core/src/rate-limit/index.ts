export { counterExpiresAtMs } from "./counter-expiry.js";
export { counterKey } from "./counter-key.js";
export { decideRateLimit, type LimitDecision } from "./decide.js";
export { describeLimit, type LimitState } from "./describe-limit.js";
export { LIMIT_NAME_PATTERN, type LimitCounter, type RateLimit, type RateLimitAlgorithm } from "./limit.js";
export {
  formatLimitHeaders,
  isViolated,
  type PartitionedLimitState,
  policyName,
  RATE_LIMIT_HEADERS,
  type ResetFormat,
} from "./limit-headers.js";
