import type { IncomingMessage, ServerResponse } from "node:http";
import type { Request } from "express";
import { shareHiddenClasses } from "./hidden-classes.js";

/**
 * A middleware for Express 4 and 5. Unlike Express's own `RequestHandler` it names no parameters, so that
 * `req.params.id` keeps the type that the route's path gives it.
 */
export type Middleware = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;

/**
 * Makes a middleware of a judgement: `true` goes on to the next handler, `false` says the reply is written. What it
 * throws, at once or by a rejection, goes to the host's error handler. Returns no promise, which Express 4 would leave
 * alone.
 */
export function createMiddleware(
  judge: (req: Request, res: ServerResponse) => boolean | Promise<boolean>,
): Middleware {
  const middleware: Middleware = (incoming, res, next) => {
    shareHiddenClasses(incoming, res);
    let answer: boolean | Promise<boolean>;
    try {
      // Express gives its own request, whatever a caller may call it.
      answer = judge(incoming as Request, res);
    } catch (error) {
      next(error);
      return;
    }
    if (answer === true) next();
    else if (answer !== false)
      answer.then((passes) => {
        if (passes) next();
      }, next);
  };
  // The name that Express's own listings and tracing tools show.
  return Object.defineProperty(middleware, "name", { value: judge.name });
}
