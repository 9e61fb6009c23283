import { StorageError } from "@tenon/core/errors";
import { compileStatement, type KnownTexts } from "../sql/compile.js";
import type { Sql } from "../sql/sql.js";
import { bindHandle } from "./bound-handle.js";
import type { Connection, Connector } from "./connection.js";
import { toStorageError } from "./storage-error.js";

/** What the stores are written against: statements that answer in JSON, and errors that name the operation. */
export interface Session {
  /**
   * Runs one statement whose only column, `record`, is a JSON object as text, and decodes it. What the host's driver
   * would make of dates, numbers or column names can't matter then.
   * @throws {StorageError}
   */
  records<Row>(operation: string, statement: Sql): Promise<readonly Row[]>;
  /** Runs `work` in a transaction; on a session that is in one already, in that one. */
  transaction<T>(operation: string, work: (inside: Session, handle: unknown) => Promise<T>): Promise<T>;
}

/** A session that opens connections and transactions of its own. */
export function openSession(connector: Connector): Session {
  return {
    records: (operation, statement) => readRecords(connector, operation, statement),
    transaction: async (operation, work) => {
      let thrown: { readonly error: unknown } | undefined;
      try {
        return await connector.transaction(async (connection) => {
          const guarded = guardTransaction(connection);
          try {
            const result = await work(
              boundSession(guarded.connection, guarded.connection),
              guarded.connection,
            );
            guarded.end(operation);
            return result;
          } catch (error) {
            guarded.close();
            thrown = { error };
            throw error;
          }
        });
      } catch (error) {
        // What the work threw is the caller's own and stays as it is.
        throw thrown?.error === error ? error : toStorageError(operation, error);
      }
    },
  };
}

/** Handles of transactions of ours: connections already. */
const ownHandles = new WeakSet<object>();
/** Those whose transaction is over. */
const endedHandles = new WeakSet<object>();

/**
 * Makes a connection of an open transaction, of ours or of the host's.
 * @throws {ConfigError} as `bindHandle`.
 */
export function connectionOf(handle: unknown): Connection {
  return isOwnHandle(handle) ? handle : bindHandle(handle);
}

function isOwnHandle(handle: unknown): handle is Connection {
  return typeof handle === "object" && handle !== null && ownHandles.has(handle);
}

/** A session inside an open transaction, which somebody else ends. */
export function boundSession(connection: Connection, handle: unknown): Session {
  const session: Session = {
    records: (operation, statement) => readRecords(connection, operation, statement),
    transaction: async (_operation, work) => {
      if (typeof handle === "object" && handle !== null && endedHandles.has(handle)) throw endedError();
      return work(session, handle);
    },
  };
  return session;
}

const textsByOperation = new Map<string, KnownTexts>();

function knownTexts(operation: string): KnownTexts {
  const known = textsByOperation.get(operation) ?? [];
  if (known.length === 0) textsByOperation.set(operation, known);
  return known;
}

async function readRecords<Row>(
  connection: Connection,
  operation: string,
  statement: Sql,
): Promise<readonly Row[]> {
  const { text, values } = compileStatement(statement, knownTexts(operation));
  try {
    const rows = await connection.query(text, values);
    return rows.map((row) => JSON.parse((row as { readonly record: string }).record) as Row);
  } catch (error) {
    throw toStorageError(operation, error);
  }
}

/** Watches a transaction of ours: nothing runs after its end, and one with a failed statement never commits. */
function guardTransaction(connection: Connection) {
  let failed = false;
  const guarded: Connection = {
    query: async (text, values) => {
      if (endedHandles.has(guarded)) throw endedError();
      try {
        return await connection.query(text, values);
      } catch (error) {
        failed = true;
        throw error;
      }
    },
  };
  ownHandles.add(guarded);
  return {
    connection: guarded,
    close: () => {
      endedHandles.add(guarded);
    },
    end: (operation: string) => {
      endedHandles.add(guarded);
      // PostgreSQL would answer COMMIT with a silent rollback.
      if (failed) throw swallowedError(operation);
    },
  };
}

function endedError(): StorageError {
  const message = "this transaction has ended: a handle is only valid inside its callback";
  return new StorageError("STORAGE_FAILED", message, { operation: "transaction", retryable: false });
}

function swallowedError(operation: string): StorageError {
  const message = `${operation} was rolled back: one of its statements failed, and the error was swallowed`;
  return new StorageError("STORAGE_FAILED", message, { operation, retryable: false });
}
