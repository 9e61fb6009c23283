import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryCompiler,
  type QueryResult,
  type RootOperationNode,
  sql,
  type TransactionSettings,
} from "kysely";
import type { PGliteInstance, PGliteTransaction } from "../connect/pglite.js";
import { type HeldTransaction, holdTransaction } from "./held-transaction.js";

interface PGliteAnswer {
  readonly rows: readonly unknown[];
  readonly affectedRows?: number;
}

interface PGliteConnection extends DatabaseConnection {
  held: HeldTransaction | undefined;
}

/** Connections are as many as are asked for: what makes them take turns is PGlite's own queue. */
export function createPGliteDriver(pglite: PGliteInstance): Driver {
  const savepointCommand = (command: string) =>
    async function run(connection: DatabaseConnection, name: string, compile: QueryCompiler["compileQuery"]) {
      const node = sql`${sql.raw(command)} ${sql.id(name)}`.toOperationNode() as unknown as RootOperationNode;
      await connection.executeQuery(compile(node, CompiledQuery.raw("").queryId));
    };
  return {
    init: async () => {},
    acquireConnection: async () => createConnection(pglite),
    beginTransaction: async (connection, settings) => {
      const held = await holdTransaction(pglite);
      (connection as PGliteConnection).held = held;
      const statement = transactionMode(settings);
      if (statement !== undefined) await held.transaction.query(statement);
    },
    commitTransaction: (connection) => takeHeld(connection).commit(),
    // Kysely also rolls back after a COMMIT that failed: that transaction has ended already.
    rollbackTransaction: endIfHeld,
    savepoint: savepointCommand("savepoint"),
    rollbackToSavepoint: savepointCommand("rollback to"),
    releaseSavepoint: savepointCommand("release"),
    // Open by now only when BEGIN itself failed half-way: nothing may hold PGlite for good.
    releaseConnection: endIfHeld,
    destroy: async () => {},
  };
}

function createConnection(pglite: PGliteInstance): PGliteConnection {
  const connection: PGliteConnection = {
    held: undefined,
    executeQuery: async <Row>(query: CompiledQuery): Promise<QueryResult<Row>> => {
      const run = (transaction: PGliteTransaction) => transaction.query(query.sql, [...query.parameters]);
      const { held } = connection;
      const answer: PGliteAnswer = held ? await run(held.transaction) : await pglite.transaction(run);
      const changes = answer.affectedRows;
      return {
        rows: answer.rows as Row[],
        ...(changes === undefined ? {} : { numAffectedRows: BigInt(changes) }),
      };
    },
    streamQuery: () => {
      throw new Error("PGlite can't stream: use execute()");
    },
  };
  return connection;
}

async function endIfHeld(connection: DatabaseConnection): Promise<void> {
  if ((connection as PGliteConnection).held !== undefined) await takeHeld(connection).rollback();
}

function takeHeld(connection: DatabaseConnection): HeldTransaction {
  const owner = connection as PGliteConnection;
  const { held } = owner;
  if (held === undefined) throw new Error("no transaction is open on this connection");
  owner.held = undefined;
  return held;
}

function transactionMode({ isolationLevel, accessMode }: TransactionSettings): string | undefined {
  const modes = [isolationLevel && `isolation level ${isolationLevel}`, accessMode].filter(Boolean);
  return modes.length === 0 ? undefined : `set transaction ${modes.join(" ")}`;
}
