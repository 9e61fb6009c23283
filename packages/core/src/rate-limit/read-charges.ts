import { isStorableText } from "../input/fields.js";
import { parseInput } from "../input/parse-input.js";
import type { SubjectCharge } from "./limit-verdict.js";
import {
  type ChargesInput,
  chargesSchemaOf,
  findCheckedLimits,
  MAX_COST,
  MAX_SUBJECT_CHARACTERS,
} from "./schemas.js";

/**
 * Reads what a host asks to be charged.
 * @throws {ValidationError} naming every offending field.
 */
export function readCharges(request: ChargesInput): readonly SubjectCharge[] {
  const usual = readUsualCharge(request);
  return usual === undefined ? parseInput(chargesSchemaOf(request), request) : [usual];
}

/**
 * One subject with limits that were checked before, and nothing to object to: most calls, and a schema takes longer to
 * look at one than a lease to count it. Undefined leaves a request to the schema, which knows what is wrong, if anything.
 */
function readUsualCharge(request: unknown): SubjectCharge | undefined {
  if (!isPlainObject(request)) return undefined;
  for (const name in request)
    if (name !== "subject" && name !== "limits" && name !== "cost") return undefined;
  const { subject, limits, cost = 1 } = request;
  const checked = findCheckedLimits(limits);
  if (checked === undefined || !isSubject(subject) || !isCost(cost)) return undefined;
  return { subject, cost, limits: checked };
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isSubject(value: unknown): value is string {
  if (typeof value !== "string" || value.length === 0) return false;
  return value.length <= MAX_SUBJECT_CHARACTERS && isStorableText(value);
}

function isCost(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MAX_COST;
}
