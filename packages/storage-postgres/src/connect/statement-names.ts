/** A statement as a `pg` client takes it: its text, or also a name under which the connection keeps it prepared. */
export type NamedStatement = string | { readonly name: string; readonly text: string };

/**
 * More than all statements of a busy host have texts. What a caller's options put together anew stays unnamed beyond
 * this: each name holds a plan in every connection.
 */
const MOST_NAMES = 100;

/**
 * Names statements, each text by one name of this storage's own: two that share a connection, and the host itself,
 * never meet under one.
 */
export function createStatementNames(): (text: string) => NamedStatement {
  const prefix = `tenon_${crypto.randomUUID().slice(0, 8)}_`;
  const names = new Map<string, string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined) return { name: known, text };
    if (names.size >= MOST_NAMES) return text;
    const name = `${prefix}${names.size}`;
    names.set(text, name);
    return { name, text };
  };
}
