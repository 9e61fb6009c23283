import { z } from "zod";
import { besideBrokenFields, besideBrokenItems, text } from "../input/fields.js";
import { LIMIT_NAME_PATTERN } from "./limit.js";

const DAY_SECONDS = 86_400;

export const limitName = z.string().regex(LIMIT_NAME_PATTERN, "must be 1 to 64 letters, digits, '_' or '-'");

export const rateLimit = z
  .strictObject({
    name: limitName,
    limit: z.int().min(1).max(1_000_000_000),
    windowSeconds: z
      .int("must be whole seconds")
      .min(1)
      .max(366 * DAY_SECONDS),
    algorithm: z.enum(["sliding-window", "gcra", "fixed-window"]).default("sliding-window"),
    onStoreError: z.enum(["local", "open", "closed"]).optional(),
    precision: z.enum(["exact", "leased"]).optional(),
  })
  .refine(({ algorithm, precision }) => precision !== "leased" || algorithm !== "gcra", {
    path: ["precision"],
    message: 'must not be "leased" with "gcra": only windows can be leased',
    ...besideBrokenFields,
  });

/** Limits of one subject: each has a name of its own. */
export const rateLimits = z
  .array(rateLimit)
  .max(10)
  .superRefine((limits, context) => {
    const names = limits.map((limit: { readonly name?: unknown } | null) => limit?.name);
    for (const [index, name] of names.entries()) {
      if (typeof name !== "string" || names.indexOf(name) === index) continue;
      context.addIssue({ code: "custom", path: [index, "name"], message: `"${name}" is used twice` });
    }
  }, besideBrokenItems);

/** A limit as a host writes it: the algorithm may be left out. */
export type RateLimitInput = z.input<typeof rateLimit>;

/** Limits beyond which nobody counts one call: each is a row to lock. */
const MOST_SUBJECTS = 10;

const someLimits = rateLimits.min(1);
const checked = /* @__PURE__ */ new WeakMap<object, z.output<typeof someLimits>>();

/** What was made of limits when this array of them was checked. */
export function findCheckedLimits(given: unknown): z.output<typeof someLimits> | undefined {
  return typeof given === "object" && given !== null ? checked.get(given) : undefined;
}

/** Checks limits once for each array: they are written once in a host's code, and checking them costs more than counting. */
const limitsCheckedOnce = z.custom<z.input<typeof someLimits>>().transform((given, context) => {
  const known = findCheckedLimits(given);
  if (known !== undefined) return known;
  const { success, data, error } = someLimits.safeParse(given);
  if (success) {
    checked.set(given, data);
    return data;
  }
  for (const { path, message } of error.issues)
    context.addIssue({ code: "custom", path: [...path], message });
  return z.NEVER;
});

export const MAX_SUBJECT_CHARACTERS = 512;
export const MAX_COST = 1_000_000_000;

const subject = text(1, MAX_SUBJECT_CHARACTERS);
const cost = z.int().min(0).max(MAX_COST);
const subjectCharge = z.strictObject({
  subject,
  partition: limitName.optional(),
  cost: cost.default(1),
  limits: limitsCheckedOnce,
});

const oneCharge = subjectCharge.transform((charge) => [charge]);

const severalCharges = z
  .strictObject({ charges: z.array(subjectCharge).min(1).max(MOST_SUBJECTS) })
  .superRefine(({ charges }, context) => {
    const subjects = new Set(charges.map((charge) => charge.subject));
    if (subjects.size < charges.length) {
      context.addIssue({ code: "custom", path: ["charges"], message: "name each subject once" });
    }
    const names = charges.flatMap(({ partition, limits }) =>
      limits.map(({ name }) => `${partition ?? ""}-${name}`),
    );
    if (new Set(names).size < names.length) {
      context.addIssue({
        code: "custom",
        path: ["charges"],
        message: "give each subject whose limits share a name a partition of its own",
      });
    }
  })
  .transform(({ charges }) => charges);

/** One subject, given as it is, or several in `charges`. */
export type ChargesInput = z.input<typeof oneCharge> | z.input<typeof severalCharges>;

/** The form that a request has by its looks. A union of the two would say of a mistake only that neither fits. */
export function chargesSchemaOf(request: ChargesInput) {
  return typeof request === "object" && request !== null && "charges" in request ? severalCharges : oneCharge;
}

export const subjectReference = z.strictObject({ subject });
export type SubjectReference = z.input<typeof subjectReference>;
