import { z } from "zod";
import { LIMIT_NAME_PATTERN } from "./limit.js";

const DAY_SECONDS = 86_400;

export const rateLimit = z.strictObject({
  name: z.string().regex(LIMIT_NAME_PATTERN, "must be 1 to 64 letters, digits, '_' or '-'"),
  limit: z.int().min(1).max(1_000_000_000),
  windowSeconds: z
    .int("must be whole seconds")
    .min(1)
    .max(366 * DAY_SECONDS),
  algorithm: z.enum(["sliding-window", "gcra", "fixed-window"]).default("sliding-window"),
});

/** Limits of one subject: each has a name of its own. */
export const rateLimits = z
  .array(rateLimit)
  .max(10)
  .superRefine((limits, context) => {
    const seen = new Set<string>();
    for (const [index, { name }] of limits.entries()) {
      if (seen.has(name)) {
        context.addIssue({ code: "custom", path: [index, "name"], message: `"${name}" is used twice` });
      }
      seen.add(name);
    }
  });

/** A limit as a host writes it: the algorithm may be left out. */
export type RateLimitInput = z.input<typeof rateLimit>;
