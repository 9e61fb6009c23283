import type { Connection, Connector, Parameter, WaitLimits } from "./connection.js";
import { settleWithin } from "./limits.js";
import { PLAN_SMALL_STEPS } from "./small-steps.js";
import { createStatementNames, type NamedStatement } from "./statement-names.js";
import { isConnectionUsable } from "./storage-error.js";
import { UnavailableError } from "./unavailable-error.js";

/** What a client answers to a statement. */
interface PgAnswer {
  readonly rows: readonly unknown[];
}

/** What is needed of a `pg` client: it is the host's, and so is its version. */
export interface PgClient {
  /** Answers by the callback, as `pg` does when it is given one, or by the promise it returns. */
  query(
    statement: NamedStatement,
    values: unknown[],
    onAnswer: (error: Error | null, answer: PgAnswer) => void,
  ): unknown;
  /** With `true` the connection is closed instead of being kept. */
  release(destroy?: boolean): void;
  on?(event: "error", listener: (error: Error) => void): unknown;
  removeListener?(event: "error", listener: (error: Error) => void): unknown;
}

/** What is needed of a `pg` pool. */
export interface PgPool {
  connect(): Promise<PgClient>;
}

export interface PoolOptions extends WaitLimits {
  /** Whether a connection keeps statements prepared under names. */
  readonly preparedStatements: boolean;
}

/** A connector on a `pg` pool. A connection that hangs or breaks is closed, never given back. */
export function connectPool(pool: PgPool, { preparedStatements, ...limits }: PoolOptions): Connector {
  const toSend = preparedStatements ? createStatementNames() : (text: string) => text;
  const borrowed = <T>(work: (connection: PooledConnection) => Promise<T>) =>
    borrow(pool, limits, toSend, work);
  return {
    query: (text, values) => borrowed((connection) => connection.query(text, values)),
    transaction: (work) =>
      borrowed(async (connection) => {
        await connection.steer(`BEGIN ISOLATION LEVEL READ COMMITTED; ${PLAN_SMALL_STEPS}`);
        let result: Awaited<ReturnType<typeof work>>;
        try {
          result = await work(connection);
        } catch (error) {
          await connection.steer("ROLLBACK").catch(() => {});
          throw error;
        }
        await connection.steer("COMMIT");
        return result;
      }),
  };
}

interface PooledConnection extends Connection {
  /** Begins and ends transactions. Several statements may go in one round trip; none is kept prepared. */
  steer(text: string): Promise<unknown>;
}

async function borrow<T>(
  pool: PgPool,
  limits: WaitLimits,
  toSend: (text: string) => NamedStatement,
  work: (connection: PooledConnection) => Promise<T>,
): Promise<T> {
  const client = await acquire(pool, limits.acquireTimeoutMs);
  let usable = true;
  const send = (statement: NamedStatement, values: readonly Parameter[]) =>
    new Promise<readonly unknown[]>((resolve, reject) => {
      if (!usable) throw new UnavailableError("the connection was lost");
      const succeed = ({ rows }: PgAnswer) => {
        clearTimeout(timer);
        resolve(rows);
      };
      const fail = (error: unknown) => {
        clearTimeout(timer);
        usable &&= isConnectionUsable(error);
        reject(error);
      };
      const timer = setTimeout(() => fail(new UnavailableError(tooSlow(limits))), limits.statementTimeoutMs);
      try {
        // By a callback: the promise that `pg` would make keeps the rows for long after they were read.
        const promised = client.query(statement, [...values], (error, answer) =>
          error === null || error === undefined ? succeed(answer) : fail(error),
        );
        // An async wrapper that passes the callback on promises nothing: then the callback answers.
        if (isPromise(promised)) promised.then((answer) => answer && succeed(answer), fail);
      } catch (error) {
        fail(error);
      }
    });
  // A connection that breaks between two statements says so by this event, which nobody else listens to.
  const onError = () => {
    usable = false;
  };
  client.on?.("error", onError);
  try {
    return await work({
      query: (text, values) => send(toSend(text), values),
      steer: (text) => send(text, []),
    });
  } finally {
    client.removeListener?.("error", onError);
    client.release(!usable);
  }
}

function isPromise(answer: unknown): answer is PromiseLike<PgAnswer | undefined> {
  return typeof (answer as Partial<PromiseLike<unknown>> | undefined)?.then === "function";
}

async function acquire(pool: PgPool, limitMs: number): Promise<PgClient> {
  const pending = pool.connect();
  try {
    return await settleWithin(pending, limitMs, `no connection became free within ${limitMs} ms`);
  } catch (cause) {
    // It may still arrive: then it goes straight back.
    pending.then(
      (client) => client.release(),
      () => {},
    );
    if (cause instanceof UnavailableError) throw cause;
    throw new UnavailableError("the database cannot be reached", { cause });
  }
}

function tooSlow({ statementTimeoutMs }: WaitLimits): string {
  return `a statement had no answer within ${statementTimeoutMs} ms; whether it took effect is not known`;
}
