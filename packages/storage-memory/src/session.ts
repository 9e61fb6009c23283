import { StorageError } from "@tenon/core/errors";
import type { RateLimitTable } from "./rate-limits/rate-limit-table.js";
import { overlayTables, type Tables, type TablesOverlay } from "./tables.js";
import type { WriteLock } from "./write-lock.js";

/** How a store reaches the tables: on its own, or inside an open transaction. Work is synchronous, so it is one step. */
export interface Session {
  read<T>(operation: string, work: (tables: Tables) => T): Promise<T>;
  /** Keeps everything `work` wrote, or nothing when it throws. */
  write<T>(operation: string, work: (tables: Tables) => T): Promise<T>;
  /**
   * For work that decides first and then writes rate limits alone. It waits for an open transaction only if that has
   * changed one of these subjects, and is otherwise done at once.
   */
  charge<Request extends ChargedSubjects, T>(
    operation: string,
    request: Request,
    work: (rateLimits: RateLimitTable, request: Request) => T,
  ): T | Promise<T>;
}

interface ChargedSubjects {
  readonly charges: readonly { readonly subject: string }[];
}

/** An open transaction: its changes, until it ends. */
export interface Transaction {
  readonly overlay: TablesOverlay;
  isOpen: boolean;
}

/** A session of single calls: each write is a transaction of its own. */
export function createUnboundSession({
  tables,
  lock,
  openTransaction,
}: {
  readonly tables: Tables;
  readonly lock: WriteLock;
  readonly openTransaction: () => Transaction | undefined;
}): Session {
  async function write<T>(operation: string, work: (tables: Tables) => T): Promise<T> {
    const release = await lock.acquire(operation);
    try {
      return inOneStep(tables, work);
    } finally {
      release();
    }
  }

  return {
    read: async (_operation, work) => work(tables),
    write,
    charge(operation, request, work) {
      // Like a row lock: only a transaction that has charged one of these very subjects makes others wait.
      const overlay = openTransaction()?.overlay;
      if (overlay !== undefined && request.charges.some(({ subject }) => overlay.touchesRateLimit(subject))) {
        return write(operation, ({ rateLimits }) => work(rateLimits, request));
      }
      return work(tables.rateLimits, request);
    },
  };
}

/** A session inside a transaction: it sees that transaction's changes, and every call is refused after its end. */
export function createBoundSession(transaction: Transaction): Session {
  async function write<T>(operation: string, work: (tables: Tables) => T): Promise<T> {
    assertOpen(transaction, operation);
    return inOneStep(transaction.overlay.tables, work);
  }

  return {
    async read(operation, work) {
      assertOpen(transaction, operation);
      return work(transaction.overlay.tables);
    },
    write,
    charge: (operation, request, work) => write(operation, ({ rateLimits }) => work(rateLimits, request)),
  };
}

/** @throws {StorageError} when the transaction has committed or was rolled back. */
export function assertOpen(transaction: Transaction, operation: string): void {
  if (transaction.isOpen) return;
  throw new StorageError("STORAGE_FAILED", `${operation} was called on a transaction that has ended`, {
    operation,
    retryable: false,
  });
}

function inOneStep<T>(tables: Tables, work: (tables: Tables) => T): T {
  const step = overlayTables(tables);
  const result = work(step.tables);
  step.merge();
  return result;
}
