import type { IncomingMessage, ServerResponse } from "node:http";
import type { Tenon } from "@tenon/core";
import { createErrorAnswer } from "@tenon/core/http";
import { writeReply } from "./reply.js";

/** An error handler for Express 4 and 5. */
export type ErrorMiddleware = (
  error: unknown,
  req: IncomingMessage,
  res: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * Answers what routes throw: the caller's faults with their own status and every invalid field, those of body parsers
 * among them; any other is logged, and answered 500 without a word of it. Written by the kit's `http.renderRefusal`, or
 * as problem details. Mount it last. A reply that has begun goes on to Express, which cuts it off.
 * @example
 * app.use(answerErrors(tenon));
 * @see RFC 9457
 */
export function answerErrors(tenon: Pick<Tenon, "http">): ErrorMiddleware {
  const answer = createErrorAnswer(tenon);
  // Express knows error handlers by their four parameters.
  return function answerErrors(error, _req, res, next) {
    if (res.headersSent) next(error);
    else writeReply(res, answer(error));
  };
}
