/** A parameter as it travels: text, cast in SQL, so that no driver's serializer has a say. */
export type Parameter = string | null;

/** Runs one statement and returns its rows. Everything this package does reduces to this. */
export interface Connection {
  query(text: string, values: readonly Parameter[]): Promise<readonly unknown[]>;
}

/** A way into the database, made from what the host handed over. */
export interface Connector extends Connection {
  /**
   * Runs `work` on one connection inside one READ COMMITTED transaction, so that each statement sees what was
   * committed before it. Where PostgreSQL is shared with others, its statements are planned as small steps. Commits when
   * `work` resolves, rolls back when it rejects.
   */
  transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
}

/** How long a call may wait, in milliseconds. */
export interface WaitLimits {
  /** For a connection. */
  readonly acquireTimeoutMs: number;
  /** For one statement, once it has a connection. */
  readonly statementTimeoutMs: number;
}
