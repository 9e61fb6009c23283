import { z } from "zod";
import { metadata, instant as storableInstant } from "../../../input/fields.js";

/** An instant in a request: ISO 8601 with an offset. */
export const instantInput = z.iso
  .datetime({ offset: true, error: "must be an instant such as 2026-01-31T12:00:00Z" })
  .transform((text) => new Date(text))
  .pipe(storableInstant);

/** An instant in a reply. */
export const instant = z.iso.datetime();

export const id = z.string().min(1).max(128);

/** A JSON object of the host's own. */
export const jsonObject = z.record(z.string(), z.unknown());

/** One that is kept. */
export const metadataInput = jsonObject.pipe(metadata);

/** What every listing takes. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).optional(),
  cursor: z.string().max(512).optional(),
};

export const noQuery = z.strictObject({});
export const noParams = z.strictObject({});

/** How an instant is shown; null where there is none. */
export function showInstant(value: Date | undefined): string | null {
  return value === undefined ? null : value.toISOString();
}
