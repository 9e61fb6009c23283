import { z } from "zod";

type Words = Readonly<Record<string, string>>;

/** The host's word for a value, or for each in a list. */
export function showWord(value: unknown, words: Words): unknown {
  if (Array.isArray(value)) return value.map((item) => showWord(item, words));
  return typeof value === "string" && Object.hasOwn(words, value) ? words[value] : value;
}

export type ReadWord =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string };

/** The value that a word stands for. What has another word isn't understood under its own name. */
export function readWord(value: unknown, words: Words): ReadWord {
  if (Array.isArray(value)) {
    const items = value.map((item) => readWord(item, words));
    const refused = items.find(({ ok }) => !ok);
    return refused ?? { ok: true, value: items.map((item) => (item.ok ? item.value : undefined)) };
  }
  if (typeof value !== "string") return { ok: true, value };
  const meant = Object.entries(words).find(([, word]) => word === value)?.[0];
  if (meant !== undefined) return { ok: true, value: meant };
  if (!Object.hasOwn(words, value)) return { ok: true, value };
  return { ok: false, message: `must be one of: ${[...new Set(Object.values(words))].join(", ")}` };
}

/** What a field holds once its values have other words. */
export function wordsSchema(schema: z.ZodType, words: Words): z.ZodType {
  if (schema instanceof z.ZodOptional) return wordsSchema(schema.unwrap() as z.ZodType, words).optional();
  if (schema instanceof z.ZodDefault) return wordsSchema(schema.unwrap() as z.ZodType, words).optional();
  if (schema instanceof z.ZodNullable) return wordsSchema(schema.unwrap() as z.ZodType, words).nullable();
  if (schema instanceof z.ZodArray) return z.array(wordsSchema(schema.element as z.ZodType, words));
  if (!(schema instanceof z.ZodEnum)) return z.string();
  return z.enum([...new Set(schema.options.map((option) => words[String(option)] ?? String(option)))]);
}
