import { ERROR_STATUS, type ErrorCode } from "./codes.js";

const BRAND = Symbol.for("tenon.error");

/** One thing that is wrong with the input: where it stands and what to do about it. */
export interface InputProblem {
  /** The place in the input, as a JSON pointer (RFC 6901) such as `/limits/0/windowSeconds`. */
  readonly pointer: string;
  readonly message: string;
}

/** The base of every error Tenon throws. Branch on `code`; `status` is its HTTP status. */
export class TenonError extends Error {
  override readonly name: string = "TenonError";
  readonly code: ErrorCode;
  readonly status: number;

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.status = ERROR_STATUS[code];
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Input that breaks a rule. Nothing was changed; `problems` names every offending field. */
export class ValidationError extends TenonError {
  override readonly name = "ValidationError";
  readonly problems: readonly InputProblem[];

  constructor(problems: readonly InputProblem[]) {
    super("VALIDATION_FAILED", describeProblems("Invalid input", problems));
    this.problems = problems;
  }
}

/** A mistake in how Tenon is set up, found when it is created or mounted. `problems` lists all of them at once. */
export class ConfigError extends TenonError {
  override readonly name = "ConfigError";
  readonly problems: readonly InputProblem[];

  constructor(problems: readonly InputProblem[]) {
    super("CONFIG_INVALID", describeProblems("Invalid configuration", problems));
    this.problems = problems;
  }
}

/** The request clashes with what is stored, for example an idempotency key taken by another request. */
export class ConflictError extends TenonError {
  override readonly name = "ConflictError";

  constructor(message: string, options?: { readonly cause?: unknown }) {
    super("CONFLICT", message, options);
  }
}

/** No such record in this tenant. Another tenant's record is answered the same way. */
export class NotFoundError extends TenonError {
  override readonly name = "NotFoundError";
}

/** The storage did not do what was asked. With `retryable`, the whole call or transaction may be tried again. */
export class StorageError extends TenonError {
  override readonly name = "StorageError";
  readonly retryable: boolean;
  /** The store method that failed, such as `apiKeys.findByHash`. */
  readonly operation: string;

  constructor(
    code: "STORAGE_UNAVAILABLE" | "STORAGE_FAILED",
    message: string,
    options: { readonly operation: string; readonly retryable: boolean; readonly cause?: unknown },
  ) {
    super(code, message, "cause" in options ? { cause: options.cause } : undefined);
    this.operation = options.operation;
    this.retryable = options.retryable;
  }
}

/** Whether a value is an error of Tenon's, also across two copies of the package in one process. */
export function isTenonError(value: unknown): value is TenonError {
  return value instanceof Error && (value as { readonly [BRAND]?: unknown })[BRAND] === true;
}

function describeProblems(title: string, problems: readonly InputProblem[]): string {
  return `${title}: ${problems.map(({ pointer, message }) => `${pointer || "/"} ${message}`).join("; ")}`;
}
