export { counterExpiresAtMs } from "./counter-expiry.js";
export { counterKey } from "./counter-key.js";
export {
  type CounterPlaces,
  type CounterSlot,
  NUMBERS_PER_COUNTER,
  readCounter,
  toSlot,
  writeCounter,
} from "./counter-places.js";
export {
  type ChargeDecision,
  type CountedCharge,
  decideCharges,
  decideRateLimit,
  fitsPlaces,
  type LimitDecision,
} from "./decide.js";
export { chargePlaces, describeLimit, describePlaces, type LimitState } from "./describe-limit.js";
export {
  LIMIT_NAME_PATTERN,
  type LimitCounter,
  type LimitPrecision,
  type RateLimit,
  type RateLimitAlgorithm,
} from "./limit.js";
export {
  formatLimitHeaders,
  isViolated,
  type PartitionedLimitState,
  policyName,
  RATE_LIMIT_HEADERS,
  type ResetFormat,
} from "./limit-headers.js";
export { refundCounter } from "./refund-counter.js";
export {
  chargeSubjects,
  type LimitCharge,
  refundSubjects,
  type StoredCounter,
  type SubjectCounters,
  subjectExpiresAtMs,
} from "./subject-counters.js";
