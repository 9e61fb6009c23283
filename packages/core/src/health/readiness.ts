/** One thing that was looked at. `reason` says why it isn't well, or why there was nothing to look at. */
export interface ReadinessCheck<Reason extends string> {
  readonly ok: boolean;
  readonly reason?: Reason;
}

/** Whether a process can do its work, and which part can't. It names no host, no user and no secret. */
export interface Readiness {
  /** Whether every check is well. */
  readonly ok: boolean;
  readonly checks: ReadinessChecks & Readonly<Record<string, ReadinessCheck<string>>>;
}

/** What is always looked at; `readiness.probes` adds the host's own beside it. */
export interface ReadinessChecks {
  /** `timeout`: no answer in time. `unavailable`: can't be reached, or takes no writes. `failed`: answers with an error. */
  readonly storage: ReadinessCheck<StorageProblem>;
  /** `pending`: the storage isn't laid out as this release needs it. `unknown`: the storage doesn't tell. */
  readonly migrations: ReadinessCheck<"pending" | "unknown">;
  /** `stalled`: a runner of this process doesn't get to its queue. `none`: this process has no runner, which is well. */
  readonly runner: ReadinessCheck<"stalled" | "none">;
  /**
   * `overdue`: a delivery has been due for longer than `maxDueAgeMs`, whichever process should have made it.
   * `unknown`: the storage doesn't tell.
   */
  readonly queue: ReadinessCheck<"overdue" | "unknown"> & {
    /** How long the oldest due delivery has waited; 0 when none is due. Absent when it is unknown. */
    readonly oldestDueAgeMs?: number;
  };
}

export type StorageProblem = "timeout" | "unavailable" | "failed";

/** What was found out before readiness is judged. */
export interface ReadinessFindings {
  readonly storage: "ok" | StorageProblem;
  /** Undefined when the storage didn't tell. */
  readonly pendingMigrations: readonly string[] | undefined;
  readonly runner: "running" | "stalled" | "none";
  /** Undefined when the storage didn't tell. */
  readonly oldestDueAgeMs: number | undefined;
  /** What the host's own probes came to, by name. */
  readonly probes: Readonly<Record<string, "ok" | "timeout" | "failed">>;
}

/** Judges what was found. Without a `maxDueAgeMs`, deliveries may wait as long as they like. */
export function judgeReadiness(
  { storage, pendingMigrations, runner, oldestDueAgeMs, probes }: ReadinessFindings,
  { maxDueAgeMs }: { readonly maxDueAgeMs: number | undefined },
): Readiness {
  const own = Object.entries(probes).map(([name, outcome]) => [name, judgeOutcome(outcome)] as const);
  const checks: Readiness["checks"] = {
    ...Object.fromEntries(own),
    storage: judgeOutcome(storage),
    migrations: judgeMigrations(pendingMigrations),
    runner: runner === "running" ? { ok: true } : { ok: runner === "none", reason: runner },
    queue: judgeQueue(oldestDueAgeMs, maxDueAgeMs),
  };
  return { ok: Object.values(checks).every(({ ok }) => ok), checks };
}

function judgeOutcome<Problem extends string>(outcome: "ok" | Problem): ReadinessCheck<Problem> {
  return outcome === "ok" ? { ok: true } : { ok: false, reason: outcome };
}

function judgeMigrations(pending: readonly string[] | undefined): ReadinessChecks["migrations"] {
  if (pending === undefined) return { ok: false, reason: "unknown" };
  return pending.length === 0 ? { ok: true } : { ok: false, reason: "pending" };
}

function judgeQueue(
  oldestDueAgeMs: number | undefined,
  maxDueAgeMs: number | undefined,
): ReadinessChecks["queue"] {
  if (oldestDueAgeMs === undefined) return { ok: false, reason: "unknown" };
  if (maxDueAgeMs === undefined || oldestDueAgeMs <= maxDueAgeMs) return { ok: true, oldestDueAgeMs };
  return { ok: false, reason: "overdue", oldestDueAgeMs };
}
