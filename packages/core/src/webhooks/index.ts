export {
  type AttemptVerdict,
  classifyResponse,
  type FailureReason,
  parseRetryAfterMs,
} from "./classify-response.js";
export { SLOW_AFTER_FAILURES } from "./defaults.js";
export {
  type DeliveryFacts,
  type DeliveryState,
  deriveDeliveryState,
  type FinalDeliveryState,
} from "./delivery-state.js";
export { filtersAdmitting, matchesChannels, matchesEventType } from "./endpoint-filter.js";
export { nextDelayMs, type RetrySchedule } from "./retry-schedule.js";
