/** What every contestant works on, so that only the code differs. */
export const SCOPE = "posts:read";
export const KEY_COUNT = 1000;
export const HOUR_SECONDS = 3600;
export const DAY_SECONDS = 86_400;

/** Never reached: what is measured are accepted calls. */
export const AMPLE = 1_000_000_000;

export const TWO_LIMITS = [
  { name: "hour", limit: AMPLE, windowSeconds: HOUR_SECONDS },
  { name: "day", limit: AMPLE, windowSeconds: DAY_SECONDS },
] as const;
