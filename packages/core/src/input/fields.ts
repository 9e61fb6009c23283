import { z } from "zod";

/** Text that every storage can keep: bounded, well-formed, no control characters. */
export function text(minLength: number, maxLength: number) {
  return z
    .string()
    .min(minLength)
    .max(maxLength)
    .refine(isStorable, { message: "must be well-formed text without control characters" });
}

/** A tenant: opaque text of the host's, 1 to 128 characters. */
export const tenantId = text(1, 128);

/** Any id as a caller may send it; one that doesn't exist is simply not found. */
export const id = z.string().max(128);

/** A JSON object of the host's own, at most 16 kB. */
export const metadata = z
  .record(z.string(), z.json())
  .refine((value) => JSON.stringify(value).length <= 16_384, {
    message: "must be at most 16,384 characters as JSON",
  });

/** An instant given as a `Date`. */
export const instant = z.date();

export const pageRequest = { limit: z.int().min(1).max(100).default(50), cursor: id.optional() };

function isStorable(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this refuses
  return !/[\p{Surrogate}\u0000-\u001f\u007f]/u.test(value);
}
