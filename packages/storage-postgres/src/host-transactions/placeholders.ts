/** Splits a statement at its placeholders: texts, and the index of the value that stands between them. */
export function splitAtPlaceholders(text: string): readonly (string | { readonly index: number })[] {
  return text.split(/\$(\d+)/).map((part, place) => (place % 2 === 0 ? part : { index: Number(part) - 1 }));
}
