import { type InputProblem, ValidationError } from "../errors/tenon-error.js";
import { isStorableInstant } from "./storable-instant.js";

const HOUR_MS = 60 * 60 * 1000;

export const PERIOD_MS = { hour: HOUR_MS, day: 24 * HOUR_MS } as const;

export type Granularity = keyof typeof PERIOD_MS;

/** How far back is read where nothing is said. */
const DEFAULT_PERIODS = { hour: 24, day: 30 } as const;

/** Hours or days in one reading. */
const MOST_PERIODS = 1_000;

/**
 * Whole hours, or whole UTC days, from the one that `from` is in to the one that ends at or after `to`. Left out, `to`
 * is now and `from` 24 hours, or 30 days, before it.
 * @throws {ValidationError} when `from` isn't before `to`, there are more than 1,000 periods in between, or one of
 *   them reaches beyond what a storage takes.
 */
export function wholePeriods(
  range: { readonly from?: Date | undefined; readonly to?: Date | undefined },
  granularity: Granularity,
  now: Date,
): { readonly from: Date; readonly to: Date } {
  const periodMs = PERIOD_MS[granularity];
  const to = range.to ?? now;
  const from = range.from ?? new Date(to.getTime() - DEFAULT_PERIODS[granularity] * periodMs);
  const problems = findPeriodProblems({ from, to, granularity }, range.from === undefined ? "/to" : "/from");
  if (problems.length > 0) throw new ValidationError(problems);
  return widen(from, to, periodMs);
}

/** What is wrong with a stretch of time to be counted by hour or day. What is absent isn't judged. */
export function findPeriodProblems(
  {
    from,
    to,
    granularity,
  }: {
    readonly from?: Date | undefined;
    readonly to?: Date | undefined;
    readonly granularity?: Granularity | undefined;
  },
  given: "/from" | "/to" = "/from",
): readonly InputProblem[] {
  if (from === undefined || to === undefined) return [];
  if (from >= to) return [{ pointer: "/from", message: "must be before `to`" }];
  if (granularity === undefined) return [];
  const whole = widen(from, to, PERIOD_MS[granularity]);
  if (whole.to.getTime() - whole.from.getTime() > MOST_PERIODS * PERIOD_MS[granularity]) {
    return [{ pointer: "/from", message: `must be at most ${MOST_PERIODS} ${granularity}s before \`to\`` }];
  }
  if (isStorableInstant(whole.from) && isStorableInstant(whole.to)) return [];
  const message = `must lie between the years 1 and 9999, with whole ${granularity}s around it`;
  return [{ pointer: given, message }];
}

function widen(from: Date, to: Date, periodMs: number): { readonly from: Date; readonly to: Date } {
  return {
    from: new Date(Math.floor(from.getTime() / periodMs) * periodMs),
    to: new Date(Math.ceil(to.getTime() / periodMs) * periodMs),
  };
}
