import { CompiledQuery } from "kysely";
import type { Connection, Connector, WaitLimits } from "./connection.js";
import { type Abandon, enterWithin, settleWithin } from "./limits.js";
import { PLAN_SMALL_STEPS } from "./small-steps.js";
import { UnavailableError } from "./unavailable-error.js";

/** What is needed to run a compiled query: any copy and version of Kysely has it. */
export interface KyselyExecutor {
  readonly isTransaction: boolean;
  executeQuery(query: CompiledQuery): Promise<{ readonly rows: readonly unknown[] }>;
  withoutPlugins(): KyselyExecutor;
}

/** What is needed of the host's Kysely, whose dialect must speak to PostgreSQL. */
export interface KyselyInstance extends KyselyExecutor {
  connection(): { execute<T>(work: (db: KyselyExecutor) => Promise<T>): Promise<T> };
  transaction(): {
    setIsolationLevel(level: "read committed"): {
      execute<T>(work: (transaction: KyselyExecutor) => Promise<T>): Promise<T>;
    };
  };
}

/** A connector on the host's Kysely: its dialect and pool, without its plugins. */
export function connectKysely(kysely: KyselyInstance, limits: WaitLimits): Connector {
  const { acquireTimeoutMs: limitMs, statementTimeoutMs } = limits;
  const complaint = `no connection became free within ${limitMs} ms; inside a transaction use tenon.within(tx)`;
  const bounded = (executor: KyselyExecutor, abandon: Abandon): Connection => {
    const connection = kyselyConnection(executor);
    const tooSlow = `a statement had no answer within ${statementTimeoutMs} ms; whether it took effect is not known`;
    return {
      query: async (text, values) => {
        try {
          return await settleWithin(connection.query(text, values), statementTimeoutMs, tooSlow);
        } catch (error) {
          // The dialect would wait for the hung connection before it lets go of the caller.
          if (error instanceof UnavailableError) abandon(error);
          throw error;
        }
      },
    };
  };
  return {
    query: (text, values) =>
      enterWithin({
        limitMs,
        complaint,
        enter: (inside: (db: KyselyExecutor) => Promise<void>) => kysely.connection().execute(inside),
        work: (db, abandon) => bounded(db, abandon).query(text, values),
      }),
    transaction: (work) =>
      enterWithin({
        limitMs,
        complaint,
        enter: (inside: (transaction: KyselyExecutor) => Promise<void>) =>
          kysely.transaction().setIsolationLevel("read committed").execute(inside),
        work: async (transaction, abandon) => {
          const connection = bounded(transaction, abandon);
          await connection.query(PLAN_SMALL_STEPS, []);
          return work(connection);
        },
      }),
  };
}

/** Statements on a Kysely, untouched by its plugins: a CamelCasePlugin would rename our columns. */
export function kyselyConnection(executor: KyselyExecutor): Connection {
  const plain = executor.withoutPlugins();
  return {
    query: async (text, values) => {
      const { rows } = await plain.executeQuery(CompiledQuery.raw(text, [...values]));
      return rows;
    },
  };
}
