import { parseInput } from "../input/parse-input.js";
import { type Granularity, PERIOD_MS, wholePeriods } from "../input/whole-periods.js";
import type { Clock } from "../ports/clock.js";
import type { EndpointStore } from "../ports/endpoint-store.js";
import type { AttemptFigures, StatisticsStore } from "../ports/statistics-store.js";
import type { FailureReason } from "./classify-response.js";
import { endpointNotFound } from "./not-found.js";
import { type StatisticsInput, statisticsInput } from "./schemas.js";

/** How an endpoint fared. */
export interface EndpointFigures {
  /** Requests that were made. */
  readonly attempts: { readonly succeeded: number; readonly failed: number };
  /**
   * Deliveries that ended with an attempt: those that succeeded, and those that were given up. One that was revived
   * and given up again counts twice.
   */
  readonly deliveries: { readonly succeeded: number; readonly exhausted: number };
  /** The share of attempts that succeeded, 0 to 1. Undefined without an attempt. */
  readonly successRate: number | undefined;
  /** How long half of the attempts, and 95 of 100, took at most, in milliseconds. Undefined without an attempt. */
  readonly latencyMs: { readonly p50: number; readonly p95: number } | undefined;
  /** Failed attempts by reason; a reason that never occurred is left out. */
  readonly failures: Readonly<Partial<Record<FailureReason, number>>>;
}

export interface EndpointStatistics {
  /** Every hour, or UTC day, the oldest first, also those without an attempt. */
  readonly periods: readonly (EndpointFigures & { readonly startsAt: Date })[];
  /** All of them together. */
  readonly total: EndpointFigures;
}

/**
 * Reads how an endpoint fared, by the time its attempts began: whole hours, or whole UTC days, from the one that `from`
 * is in to the one that ends at or after `to`. Left out, `to` is now and `from` 24 hours, or 30 days, before it. What
 * retention has removed is no longer counted.
 * @throws {NotFoundError} when the tenant has no such endpoint.
 * @throws {ValidationError} when `from` isn't before `to`, or there are more than 1,000 periods in between.
 */
export type ReadStatistics = (input: StatisticsInput) => Promise<EndpointStatistics>;

export function createStatisticsReader({
  endpoints,
  store,
  clock,
}: {
  readonly endpoints: Pick<EndpointStore, "find">;
  readonly store: StatisticsStore;
  readonly clock: Clock;
}): ReadStatistics {
  return async (input) => {
    const { tenantId, endpointId, granularity, ...range } = parseInput(statisticsInput, input);
    const { from, to } = wholePeriods(range, granularity, clock.now());
    if ((await endpoints.find({ tenantId, endpointId })) === undefined) {
      throw endpointNotFound({ endpointId });
    }
    const read = await store.readAttempts({ tenantId, endpointId, from, to, granularity });
    return { periods: fillPeriods(read.periods, { from, to, granularity }), total: toFigures(read.total) };
  };
}

function fillPeriods(
  found: readonly (AttemptFigures & { readonly startsAt: Date })[],
  { from, to, granularity }: { readonly from: Date; readonly to: Date; readonly granularity: Granularity },
): EndpointStatistics["periods"] {
  const periodMs = PERIOD_MS[granularity];
  const byStart = new Map(found.map((figures) => [figures.startsAt.getTime(), figures]));
  const count = Math.round((to.getTime() - from.getTime()) / periodMs);
  return Array.from({ length: count }, (_, index) => {
    const startsAt = new Date(from.getTime() + index * periodMs);
    return { startsAt, ...toFigures(byStart.get(startsAt.getTime())) };
  });
}

function toFigures(figures: AttemptFigures | undefined): EndpointFigures {
  const { succeeded = 0, failed = 0, exhausted = 0, failures = {}, durationMs } = figures ?? {};
  return {
    attempts: { succeeded, failed },
    // A delivery is over with its first success, so that both are as many.
    deliveries: { succeeded, exhausted },
    successRate: succeeded + failed === 0 ? undefined : succeeded / (succeeded + failed),
    latencyMs: durationMs,
    failures,
  };
}
