import type { LimitCounter, LimitReading, RateLimit } from "./limit.js";

type GcraCounter = Extract<LimitCounter, { kind: "gcra" }>;

/**
 * Reads a GCRA limit: a full burst of `limit` at once, then one unit every `windowMs / limit`.
 * It is kept as a level that drains (units × windowMs, so each millisecond drains exactly `limit`): brought up to now,
 * `level = max(level - max(nowMs - atMs, 0) * limit, 0)` and `atMs = max(atMs, nowMs)`; a cost fits when
 * `level + cost * windowMs <= limit * windowMs`, and is charged by `level + cost * windowMs`.
 * The theoretical arrival time is `atMs + level / limit`.
 */
export function readGcra(limit: RateLimit, stored: LimitCounter | undefined, nowMs: number): LimitReading {
  const windowMs = limit.windowSeconds * 1000;
  const counter = drain(limit, stored, nowMs);
  const { atMs, level } = counter;
  const fullAgainAtMs = level === 0 ? nowMs : atMs + Math.ceil(level / limit.limit);
  return {
    counter,
    remaining: Math.max(Math.floor((limit.limit * windowMs - level) / windowMs), 0),
    endsAtMs: fullAgainAtMs,
    expiresAtMs: fullAgainAtMs,
  };
}

/** The counter with a cost poured on it, or undefined where it doesn't fit. */
export function chargeGcra(
  limit: RateLimit,
  stored: LimitCounter | undefined,
  cost: number,
  nowMs: number,
): LimitCounter | undefined {
  const windowMs = limit.windowSeconds * 1000;
  const { atMs, level } = drain(limit, stored, nowMs);
  return level + cost * windowMs <= limit.limit * windowMs
    ? { kind: "gcra", atMs, level: level + cost * windowMs }
    : undefined;
}

function drain(limit: RateLimit, stored: LimitCounter | undefined, nowMs: number): GcraCounter {
  const before = stored?.kind === "gcra" ? stored : { atMs: nowMs, level: 0 };
  const level = Math.max(before.level - Math.max(nowMs - before.atMs, 0) * limit.limit, 0);
  return { kind: "gcra", atMs: Math.max(before.atMs, nowMs), level };
}
