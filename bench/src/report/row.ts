import { ratioOf, type Spread, spreadOf } from "../measure/spread.js";

/** One line of a table: two contestants, in the same rounds. */
export interface Row {
  readonly what: string;
  readonly against: string;
  readonly unit: string;
  readonly ours: Spread;
  readonly theirs: Spread;
  /** Ours over theirs, round by round. */
  readonly ratio: Spread;
  /** Where more is better, at least this much; where less is better (`lessIsBetter`), at most. */
  readonly target: number | undefined;
  readonly lessIsBetter: boolean;
}

export function compare(row: {
  readonly what: string;
  readonly against: string;
  readonly unit: string;
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
  readonly target?: number;
  readonly lessIsBetter?: boolean;
}): Row {
  const { what, against, unit, target, lessIsBetter = false } = row;
  return {
    what,
    against,
    unit,
    target,
    lessIsBetter,
    ours: spreadOf(row.ours),
    theirs: spreadOf(row.theirs),
    ratio: ratioOf(row.ours, row.theirs),
  };
}

/** Whether the median is where it should be; undefined without a target. */
export function meetsTarget({ ratio, target, lessIsBetter }: Row): boolean | undefined {
  if (target === undefined) return undefined;
  return lessIsBetter ? ratio.median <= target : ratio.median >= target;
}
