import { z } from "zod";
import { DEFAULT_READY_TIMEOUT_MS } from "./defaults.js";

/** When a process is ready. */
export interface ReadinessConfig {
  /** How long the storage, and each of the host's own probes, may take. Milliseconds; default 2,000. */
  readonly timeoutMs?: number;
  /**
   * A delivery that has been due for longer makes `ready()` false. Milliseconds. Default: none does, because one
   * partner's slow receiver would take every process out of rotation; `oldestDueAgeMs` tells the age all the same.
   */
  readonly maxDueAgeMs?: number;
  /** What else must be well, by name, such as `{ cache: () => redis.ping() }`: well when it resolves in time. */
  readonly probes?: Readonly<Record<string, () => Promise<unknown>>>;
}

const OWN_CHECKS: ReadonlySet<string> = new Set(["storage", "migrations", "runner", "queue"]);

export const readinessConfig = z
  .strictObject({
    timeoutMs: z.int().min(1).max(60_000).default(DEFAULT_READY_TIMEOUT_MS),
    maxDueAgeMs: z.int().min(1).optional(),
    probes: z
      .record(
        z.string().regex(/^[a-z][a-zA-Z0-9]{0,39}$/, "must be a name of letters and digits"),
        z.custom<() => Promise<unknown>>((value) => typeof value === "function", "must be a function"),
      )
      .refine(
        (probes) => Object.keys(probes).every((name) => !OWN_CHECKS.has(name)),
        "must not be named storage, migrations, runner or queue",
      )
      .default({}),
  })
  .prefault({});
