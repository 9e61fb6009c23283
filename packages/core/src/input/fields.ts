import { z } from "zod";
import { isStorableInstant } from "./storable-instant.js";

const MAX_METADATA_CHARACTERS = 16_384;

/** Text that every storage can keep: bounded, well-formed, no control characters. */
export function text(minLength: number, maxLength: number) {
  return (
    z
      .string()
      .min(minLength)
      .max(maxLength)
      .refine(isStorableText, { message: "must be well-formed text without control characters" })
      // For readers of the API's description, who see no function.
      .meta({ pattern: "^[^\\u0000-\\u001f\\u007f]*$" })
  );
}

/** For rules between the fields of an object: told of beside what single fields break. They may find those in any form. */
export const besideBrokenFields = {
  when: ({ value }: z.core.ParsePayload): boolean => typeof value === "object" && value !== null,
};

/** As `besideBrokenFields`, for rules between the items of a list. */
export const besideBrokenItems = { when: ({ value }: z.core.ParsePayload): boolean => Array.isArray(value) };

/** A tenant: opaque text of the host's, 1 to 128 characters. */
export const tenantId = text(1, 128);

/** Any id as a caller may send it; one that doesn't exist is simply not found. */
export const id = z.string().max(128);

/** A JSON object of the host's own, at most 16,384 characters as JSON. */
export const metadata = z
  .custom<Readonly<Record<string, unknown>>>(isStorableObject, {
    message: "must be a JSON object of at most 16,384 characters, without NUL or half surrogate pairs",
  })
  .transform((value): Readonly<Record<string, unknown>> => JSON.parse(JSON.stringify(value)));

/** An instant given as a `Date`, of a year that every storage takes. */
export const instant = z
  .date({
    error: ({ input }) =>
      input instanceof Date ? "must be a valid Date: this one holds no instant" : "must be a Date",
  })
  .refine(isStorableInstant, { message: "must be between the years 1 and 9999, in UTC" });

export const pageRequest = { limit: z.int().min(1).max(100).default(50), cursor: id.optional() };

/** Whether every storage can keep it: well-formed, and without control characters. */
export function isStorableText(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this refuses
  return !/[\p{Surrogate}\u0000-\u001f\u007f]/u.test(value);
}

function isStorableObject(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  try {
    const json = JSON.stringify(value);
    // PostgreSQL's jsonb refuses these escapes; an even number of backslashes before the `u` is no escape.
    return json.length <= MAX_METADATA_CHARACTERS && !/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(json);
  } catch {
    return false;
  }
}
