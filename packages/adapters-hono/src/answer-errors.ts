import type { Tenon } from "@tenon/core";
import { createErrorAnswer } from "@tenon/core/http";
import type { ErrorHandler } from "hono";
import { toResponse } from "./reply.js";

/**
 * Answers what routes throw: the caller's faults with their own status and every invalid field, Hono's
 * `HTTPException`s among them; any other is logged, and answered 500 without a word of it. Written by the kit's
 * `http.renderRefusal`, or as problem details.
 * @example
 * app.onError(answerErrors(tenon));
 * @see RFC 9457
 */
export function answerErrors(tenon: Pick<Tenon, "http">): ErrorHandler {
  const answer = createErrorAnswer(tenon);
  return function answerErrors(error, c) {
    return toResponse(c, answer(error));
  };
}
