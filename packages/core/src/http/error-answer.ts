import type { ErrorCode } from "../errors/codes.js";
import type { Tenon } from "../tenon.js";
import type { HttpReply } from "./exchange.js";
import { createManagementRefuse } from "./management/replies/management-refusal.js";
import { createErrorRefusal } from "./management/replies/refuse-error.js";

/** The reply to what a route threw. */
export type AnswerError = (error: unknown) => HttpReply;

/** What a framework's own refusals are called, by the status that they carry. */
const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: "INVALID_REQUEST",
  404: "NOT_FOUND",
  405: "METHOD_NOT_ALLOWED",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
};

/**
 * Makes the function that answers what a host's routes throw: by the kit's `http.renderRefusal`, or as problem details.
 * What the caller did wrong is said as the management API says it, and so is what a body parser refuses (an error with
 * a `status`). Anything else is logged, and the caller learns only that something went wrong.
 * @see RFC 9457
 */
export function createErrorAnswer({ http }: Pick<Tenon, "http">): AnswerError {
  const { renderRefusal, logger } = http.management;
  const refuse = createManagementRefuse(renderRefusal);
  const refuseError = createErrorRefusal(refuse, logger);
  return (error) => {
    const refused = refuseError(error, (problems) => problems.map((problem) => ({ in: "body", ...problem })));
    if (refused !== undefined) return refused;
    const { status, message } = Object(error) as { readonly status?: unknown; readonly message?: unknown };
    const code = CODE_OF_STATUS[Number(status)];
    if (code !== undefined) return refuse(code, String(message));
    logger.error({ err: error }, "a route failed");
    return refuse("INTERNAL_ERROR", "Something went wrong here. Try again later.");
  };
}
