import { counterKey, type RateLimit } from "@tenon/core/rate-limit";
import { type RawBuilder, sql } from "kysely";
import { text } from "../../sql/parameters.js";

/** One call's charge as SQL expressions over what is stored. */
export interface ChargeExpressions {
  /** Whether every limit fits. */
  readonly fits: RawBuilder<boolean>;
  /** The counters to store, by their keys: `jsonb`. */
  readonly counters: RawBuilder<unknown>;
  /** When the last of them is over, in epoch milliseconds. */
  readonly expiresMs: RawBuilder<number>;
}

interface ChargedLimit {
  readonly fits: RawBuilder<boolean>;
  readonly counter: RawBuilder<unknown>;
  readonly expiresMs: RawBuilder<number>;
}

/**
 * Charges limits against the stored `windows`. It repeats core's sums on float8, in core's order, so that both decide
 * alike; a test holds them against each other. Plain expressions, without a subquery: this is the hottest statement,
 * and with subqueries planning it cost ten times its execution.
 */
export function chargeLimits(options: {
  readonly windows: RawBuilder<unknown>;
  readonly limits: readonly RateLimit[];
  readonly cost: number;
  readonly nowMs: RawBuilder<number>;
}): ChargeExpressions {
  const { windows, limits, nowMs } = options;
  const cost = number(options.cost);
  const charged = limits.map((limit) => {
    const stored = sql`${windows} -> ${text(counterKey(limit))}`;
    return limit.algorithm === "gcra"
      ? chargeGcra(limit, { stored, cost, nowMs })
      : chargeWindow(limit, { stored, cost, nowMs });
  });
  const pairs = limits.map((limit, index) => sql`${text(counterKey(limit))}, ${charged[index]?.counter}`);
  return {
    fits: sql`(${sql.join(
      charged.map(({ fits }) => fits),
      sql` AND `,
    )})`,
    counters: sql`jsonb_build_object(${sql.join(pairs)})`,
    expiresMs: sql`greatest(${sql.join(charged.map(({ expiresMs }) => expiresMs))})`,
  };
}

interface ChargeInput {
  /** The stored counter: `jsonb`, NULL when there is none. */
  readonly stored: RawBuilder<unknown>;
  readonly cost: RawBuilder<number>;
  readonly nowMs: RawBuilder<number>;
}

function chargeWindow(limit: RateLimit, { stored, cost, nowMs }: ChargeInput): ChargedLimit {
  const isSliding = limit.algorithm === "sliding-window";
  const [most, windowMs] = [number(limit.limit), number(limit.windowSeconds * 1000)];
  const storedStart = sql<number>`(${stored} ->> 'startMs')::float8`;
  const storedCurrent = sql<number>`(${stored} ->> 'current')::float8`;
  const thisStart = sql<number>`floor(${nowMs} / ${windowMs}) * ${windowMs}`;
  const start = sql<number>`greatest(${storedStart}, ${thisStart})`;
  const current = sql<number>`CASE WHEN ${storedStart} >= ${thisStart} THEN ${storedCurrent} ELSE 0 END`;
  const previous = isSliding
    ? sql<number>`CASE WHEN ${storedStart} >= ${thisStart} THEN (${stored} ->> 'previous')::float8
        WHEN ${storedStart} + ${windowMs} = ${thisStart} THEN ${storedCurrent} ELSE 0 END`
    : number(0);
  const after = sql<number>`((${current}) + ${cost})`;
  const elapsed = sql<number>`greatest(${nowMs} - ${start}, 0)`;
  const expiresMs = sql<number>`(${start} + ${number(isSliding ? 2 : 1)} * ${windowMs})`;
  return {
    fits: isSliding
      ? sql`(${previous}) * (${windowMs} - ${elapsed}) + ${after} * ${windowMs} <= ${most} * ${windowMs}`
      : sql`${after} <= ${most}`,
    counter: sql`jsonb_build_object('kind', 'window', 'startMs', ${start}, 'current', ${after},
      'previous', ${previous}, 'expiresAtMs', ${expiresMs})`,
    expiresMs,
  };
}

function chargeGcra(limit: RateLimit, { stored, cost, nowMs }: ChargeInput): ChargedLimit {
  const [most, windowMs] = [number(limit.limit), number(limit.windowSeconds * 1000)];
  const storedAt = sql<number>`(${stored} ->> 'atMs')::float8`;
  const at = sql<number>`greatest(${storedAt}, ${nowMs})`;
  const drained = sql<number>`greatest(${nowMs} - coalesce(${storedAt}, ${nowMs}), 0) * ${most}`;
  const before = sql<number>`greatest(coalesce((${stored} ->> 'level')::float8, 0) - ${drained}, 0)`;
  const level = sql<number>`(${before} + ${cost} * ${windowMs})`;
  const expiresMs = sql<number>`(${at} + ceil(${level} / ${most}))`;
  return {
    fits: sql`${level} <= ${most} * ${windowMs}`,
    counter: sql`jsonb_build_object('kind', 'gcra', 'atMs', ${at}, 'level', ${level}, 'expiresAtMs', ${expiresMs})`,
    expiresMs,
  };
}

/** A number in the statement's text: there would be dozens of parameters otherwise. */
function number(value: number): RawBuilder<number> {
  if (!Number.isFinite(value)) throw new TypeError("limits and costs are finite numbers");
  return sql`${sql.lit(value)}::float8`;
}
