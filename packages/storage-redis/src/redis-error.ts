import { isTenonError, StorageError, type TenonError } from "@tenon/core/errors";

/** Redis didn't answer in time. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
}

/** What Redis answers while it, or the part of it that was asked, can't serve. */
const OUTAGES = new Set([
  "BUSY",
  "CLUSTERDOWN",
  "LOADING",
  "MASTERDOWN",
  "MISCONF",
  "NOAUTH",
  "NOREPLICAS",
  "OOM",
  "READONLY",
  "TRYAGAIN",
  "WRONGPASS",
]);

/** Redis begins an error with a word in capitals; what clients say of connections never does. */
const REPLY_CODE = /^([A-Z]+)(?: |$)/;

/** What a failed call throws. Its message never repeats Redis's own: that one may quote arguments. */
export function toStorageError(operation: string, error: unknown): TenonError {
  if (isTenonError(error)) return error;
  const cause = withoutCommand(error);
  const unavailable = (because: string) =>
    new StorageError("STORAGE_UNAVAILABLE", `${operation} failed: ${because}`, {
      operation,
      retryable: true,
      cause,
    });
  if (error instanceof NoAnswerError) return unavailable(error.message);
  const code = replyCode(error);
  if (code === undefined && !(error instanceof TypeError)) return unavailable("Redis cannot be reached");
  if (code !== undefined && OUTAGES.has(code)) return unavailable(`Redis cannot serve it now (${code})`);
  const because =
    code === "CROSSSLOT"
      ? "its keys are in several slots of the cluster: give a prefix with a hash tag, such as {tenon}:"
      : `Redis refused it (${code ?? "the client did"})`;
  return new StorageError("STORAGE_FAILED", `${operation} failed: ${because}`, {
    operation,
    retryable: false,
    cause,
  });
}

/** The code of an error that Redis answered with; undefined for what the client found. */
export function replyCode(error: unknown): string | undefined {
  return error instanceof Error ? REPLY_CODE.exec(error.message)?.[1] : undefined;
}

/** ioredis puts the command beside its errors, and with it the values that were to be stored. */
function withoutCommand(error: unknown): unknown {
  if (typeof error === "object" && error !== null) Reflect.deleteProperty(error, "command");
  return error;
}
