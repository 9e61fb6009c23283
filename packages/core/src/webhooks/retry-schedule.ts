/**
 * When attempts are made. A list gives the delay in seconds before each attempt, the first included.
 * `exponential` makes the first attempt at once and waits `baseSeconds × factor^(n-1)` after the n-th failure, at most
 * `maxSeconds`.
 * `jitter` (0 to 1, default 0) shortens a delay by a random share of at most that size.
 */
export type RetrySchedule =
  | { readonly kind: "list"; readonly delaysSeconds: readonly number[]; readonly jitter?: number }
  | {
      readonly kind: "exponential";
      readonly baseSeconds: number;
      readonly factor: number;
      readonly maxSeconds: number;
      /** How many attempts in all, the first included. */
      readonly attempts: number;
      readonly jitter?: number;
    };

/**
 * The delay in milliseconds before the attempt after `attemptNumber` (0: before the first), or undefined when that
 * was the last one.
 * @param randomShare a number from 0 (inclusive) to 1, drawn by the caller.
 */
export function nextDelayMs(
  schedule: RetrySchedule,
  attemptNumber: number,
  randomShare: number,
): number | undefined {
  const seconds = plannedDelaySeconds(schedule, attemptNumber);
  if (seconds === undefined) return undefined;
  return Math.round(seconds * 1000 * (1 - (schedule.jitter ?? 0) * randomShare));
}

function plannedDelaySeconds(schedule: RetrySchedule, attemptNumber: number): number | undefined {
  if (schedule.kind === "list") return schedule.delaysSeconds[attemptNumber];
  if (attemptNumber >= schedule.attempts) return undefined;
  if (attemptNumber === 0) return 0;
  return Math.min(schedule.maxSeconds, schedule.baseSeconds * schedule.factor ** (attemptNumber - 1));
}
