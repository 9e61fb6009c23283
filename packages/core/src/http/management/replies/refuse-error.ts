import { type InputProblem, isTenonError, ValidationError } from "../../../errors/tenon-error.js";
import type { Logger } from "../../../ports/logger.js";
import { STORAGE_RETRY_SECONDS } from "../../defaults.js";
import type { HttpReply } from "../../exchange.js";
import { describeErrors, type FieldError, type RefuseManagement } from "./management-refusal.js";

/**
 * Makes the function that answers a thrown error of Tenon's: what the caller did wrong, with every invalid field where
 * `locate` finds it, and a storage that is out, which is logged. Undefined for any other fault.
 */
export function createErrorRefusal(
  refuse: RefuseManagement,
  logger: Logger,
): (
  error: unknown,
  locate: (problems: readonly InputProblem[]) => readonly FieldError[],
) => HttpReply | undefined {
  return (error, locate) => {
    if (!isTenonError(error)) return undefined;
    if (error.code === "STORAGE_UNAVAILABLE") {
      logger.error({ err: error }, "a call failed: the storage is out");
      const headers = { "Retry-After": String(STORAGE_RETRY_SECONDS) };
      return refuse(error.code, "This cannot be done at the moment. Try again shortly.", { headers });
    }
    if (error.status >= 500) return undefined;
    if (!(error instanceof ValidationError)) return refuse(error.code, error.message);
    const errors = locate(error.problems);
    return refuse(error.code, describeErrors(errors), { errors });
  };
}
