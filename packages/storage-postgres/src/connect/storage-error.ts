import { isTenonError, StorageError, type TenonError } from "@tenon/core/errors";
import { UnavailableError } from "./unavailable-error.js";

interface Verdict {
  readonly code: "STORAGE_UNAVAILABLE" | "STORAGE_FAILED";
  readonly retryable: boolean;
  readonly because: string;
}

const MIGRATE: Verdict = {
  code: "STORAGE_FAILED",
  retryable: false,
  because: "Tenon's tables are missing or older than this release: run migrate() or `tenon-migrate up`",
};
const UNREACHABLE: Verdict = {
  code: "STORAGE_UNAVAILABLE",
  retryable: true,
  because: "the database cannot be reached",
};

const VERDICTS: Readonly<Record<string, Verdict>> = {
  "42P01": MIGRATE,
  "3F000": MIGRATE,
  "42703": MIGRATE,
  "40001": { code: "STORAGE_FAILED", retryable: true, because: "it clashed with a concurrent transaction" },
  "40P01": { code: "STORAGE_FAILED", retryable: true, because: "it was the victim of a deadlock" },
  // These two as after a time limit of our own: who may serve without the storage, does.
  "55P03": {
    code: "STORAGE_UNAVAILABLE",
    retryable: true,
    because: "a lock was not free in time, as lock_timeout says",
  },
  "57014": {
    code: "STORAGE_UNAVAILABLE",
    retryable: true,
    because: "the statement was cancelled, as statement_timeout does",
  },
  "25P02": {
    code: "STORAGE_FAILED",
    retryable: false,
    because: "an earlier statement of this transaction failed, so the whole transaction must be rolled back",
  },
  "25006": {
    code: "STORAGE_UNAVAILABLE",
    retryable: true,
    because: "the database is read-only at the moment",
  },
  "42501": {
    code: "STORAGE_FAILED",
    retryable: false,
    because: "the database role lacks a privilege on Tenon's schema",
  },
};

/** Connection exceptions, failed logins, a missing database, exhausted resources, shutdown. */
const UNREACHABLE_STATES = /^(08...|28...|3D000|53...|57P0[1-5])$/;
/** What drivers say, without an SQLSTATE, when the connection is gone. */
const UNREACHABLE_CODES =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|CONNECT_TIMEOUT|CONNECTION_(CLOSED|ENDED|DESTROYED)|P1001|P1002|P1017)$/;
const UNREACHABLE_MESSAGES =
  /connection (was )?(terminated|ended|closed|lost|timeout)|timeout exceeded when trying to connect|not queryable|pool after calling end|driver has already been destroyed|client was closed|PGlite is closed/i;

/** Five characters, one of them a digit; P1 and P2 begin codes of Prisma's own. */
const SQLSTATE = /^(?!P[1-9])(?=.*\d)[0-9A-Z]{5}$/;

/** What a failed storage call throws. Its message never repeats the database's: that one may quote stored values. */
export function toStorageError(operation: string, error: unknown): TenonError {
  if (isTenonError(error)) return error;
  const { code, retryable, because } = judge(error);
  return new StorageError(code, `${operation} failed: ${because}`, {
    operation,
    retryable,
    cause: withoutParameters(error),
  });
}

/** The driver's own error: wrappers repeat the parameters in their message, PGlite lists them beside it. */
function withoutParameters(error: unknown): unknown {
  const chain = causes(error);
  const driverError = chain.find((each) => stateOf(each) !== undefined) ?? error;
  for (const each of chain) {
    for (const name of ["params", "parameters"]) Reflect.deleteProperty(each, name);
  }
  return driverError;
}

/** Whether a statement met a row that changed since its snapshot, and so took no effect. READ COMMITTED knows no such error. */
export function isSerializationFailure(error: unknown): boolean {
  return sqlState(error) === "40001";
}

/** Whether the connection that raised this error may serve the next call. */
export function isConnectionUsable(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && !UNREACHABLE_STATES.test(state);
}

function judge(error: unknown): Verdict {
  if (error instanceof UnavailableError) return { ...UNREACHABLE, because: error.message };
  const state = sqlState(error);
  if (state !== undefined) {
    if (UNREACHABLE_STATES.test(state))
      return { ...UNREACHABLE, because: `${UNREACHABLE.because} (${state})` };
    return VERDICTS[state] ?? { code: "STORAGE_FAILED", retryable: false, because: `SQLSTATE ${state}` };
  }
  if (causes(error).some(saysUnreachable)) return UNREACHABLE;
  return { code: "STORAGE_FAILED", retryable: false, because: "the database driver reported an error" };
}

function saysUnreachable(error: unknown): boolean {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return (
    (typeof code === "string" && UNREACHABLE_CODES.test(code)) ||
    (typeof message === "string" && UNREACHABLE_MESSAGES.test(message))
  );
}

/** Query builders wrap the driver's error: as `cause`, or (Prisma) with its code in `meta`. */
function sqlState(error: unknown): string | undefined {
  return causes(error)
    .map(stateOf)
    .find((state) => state !== undefined);
}

function stateOf(error: object): string | undefined {
  const { code, meta } = error as { readonly code?: unknown; readonly meta?: { readonly code?: unknown } };
  return [meta?.code, code].find(
    (candidate): candidate is string => typeof candidate === "string" && SQLSTATE.test(candidate),
  );
}

function causes(error: unknown): readonly object[] {
  const found: object[] = [];
  let current = error;
  while (typeof current === "object" && current !== null && found.length < 5) {
    found.push(current);
    current = (current as { readonly cause?: unknown }).cause;
  }
  return found;
}
