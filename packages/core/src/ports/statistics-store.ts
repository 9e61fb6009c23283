import type { FailureReason } from "../webhooks/classify-response.js";

/** What attempts came to that began within a time. */
export interface AttemptFigures {
  readonly succeeded: number;
  readonly failed: number;
  /** Those of the failed ones after which their delivery was given up. */
  readonly exhausted: number;
  /** The failed ones by reason; a reason that never occurred is left out. */
  readonly failures: Readonly<Partial<Record<FailureReason, number>>>;
  /**
   * How long attempts took, in milliseconds: the shortest time that at least half, or 95 of 100, didn't exceed
   * (nearest rank). Undefined without an attempt.
   */
  readonly durationMs: { readonly p50: number; readonly p95: number } | undefined;
}

export interface StatisticsStore {
  /**
   * Figures of an endpoint's attempts that began at or after `from` and before `to`: by hour or by UTC day, the oldest
   * first, without those that had none; and of all of them together. Reads the attempts of that endpoint and time alone.
   */
  readAttempts(request: {
    readonly tenantId: string;
    readonly endpointId: string;
    readonly from: Date;
    readonly to: Date;
    readonly granularity: "hour" | "day";
  }): Promise<{
    readonly periods: readonly (AttemptFigures & { readonly startsAt: Date })[];
    readonly total: AttemptFigures;
  }>;
}
