import type pg from "pg";

/** The texts of all statements that the pool's connections are sent from now on, each once. */
export function recordStatements(pool: pg.Pool): ReadonlySet<string> {
  const texts = new Set<string>();
  pool.on("connect", (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    const recorded = (...args: unknown[]) => {
      if (typeof args[0] === "string") texts.add(args[0]);
      return query(...args);
    };
    Object.assign(client, { query: recorded });
  });
  return texts;
}
