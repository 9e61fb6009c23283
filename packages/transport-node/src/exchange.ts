import type { HttpRequest, HttpResult } from "@tenon/core/ports";
import type { Dispatcher } from "undici";
import { createResponseBody, type ResponseBody } from "./body/response-body.js";
import type { GuardedConnector } from "./connect/guarded-connector.js";
import { failed, failureOf, isMisuse } from "./transport-failure.js";

export interface Exchange {
  /** Rejects with a `TypeError` when the request itself is not valid HTTP. */
  readonly result: Promise<HttpResult>;
  /** Ends it as `aborted`, at once. Has no effect on a finished one. */
  abort(message: string): void;
}

/** One request and its response, under one deadline from resolving the name to the last byte of the body. */
export function startExchange(
  dispatcher: Dispatcher,
  connector: GuardedConnector,
  url: URL,
  request: HttpRequest,
): Exchange {
  const over = createEnding();
  const { promise: result, resolve, reject } = defer<HttpResult>();
  let exchange: Dispatcher.DispatchController | undefined;
  let response:
    | { readonly status: number; readonly headers: Record<string, string>; readonly body: ResponseBody }
    | undefined;

  const finish = (settle: () => void) => {
    if (over.reached()) return;
    clearTimeout(deadline);
    request.signal?.removeEventListener("abort", onSignal);
    // Gives up a connection that is still being opened; one that is open belongs to the pool.
    over.reach();
    settle();
    response?.body.discard();
  };
  const stop = (outcome: HttpResult) => {
    finish(() => resolve(outcome));
    exchange?.abort(new Error("the exchange is over"));
  };
  const fail = (error: Error) =>
    finish(() => {
      if (isMisuse(error)) reject(new TypeError(error.message));
      else resolve(failureOf(error, { responseBegan: response !== undefined }));
    });
  const succeed = (truncated: boolean): HttpResult =>
    response === undefined
      ? failed("protocol", "the response has no status")
      : { ok: true, ...response, body: response.body.bytes(), truncated };
  const createBody = (contentEncoding: string | undefined) =>
    createResponseBody({
      contentEncoding,
      maxBytes: request.maxResponseBytes,
      // One turn of the event loop later: only then has the pool its connection back for a request that follows.
      onWhole: () => finish(() => queueMicrotask(() => setImmediate(() => resolve(succeed(false))))),
      onFull: () => stop(succeed(true)),
      onMalformed: (coding) => stop(failed("protocol", `the response body is not valid ${coding}`)),
      onDrain: () => exchange?.resume(),
    });

  const deadline = setTimeout(
    () => stop(failed("timeout", `no complete response within ${request.timeoutMs} ms`)),
    request.timeoutMs,
  );
  const onSignal = () => stop(failed("aborted", "the request was aborted"));
  request.signal?.addEventListener("abort", onSignal, { once: true });

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(controller) {
      exchange = controller;
      // Over before the connection was there: nothing is sent.
      if (over.reached()) controller.abort(new Error("the exchange is over"));
    },
    onResponseStart(_controller, status, received) {
      if (status < 200) return;
      const headers = joinHeaders(received);
      response = { status, headers, body: createBody(headers["content-encoding"]) };
    },
    onResponseData(controller, chunk) {
      if (response?.body.write(chunk) === false) controller.pause();
    },
    onResponseEnd() {
      if (response === undefined) stop(succeed(false));
      else response.body.end();
    },
    onResponseError: (_controller, error) => fail(error),
  };
  connector.during(over.signal, () => dispatcher.dispatch(dispatchOptions(url, request), handler));

  return { result, abort: (message) => stop(failed("aborted", message)) };
}

function dispatchOptions(url: URL, request: HttpRequest): Dispatcher.DispatchOptions {
  const asksForEncoding = Object.keys(request.headers).some(
    (name) => name.toLowerCase() === "accept-encoding",
  );
  return {
    origin: url.origin,
    path: url.pathname + url.search,
    method: request.method,
    // What comes is recorded and is short: inflating it would cost more than it saves. Some compress all the same.
    headers: asksForEncoding ? request.headers : { "accept-encoding": "identity", ...request.headers },
    ...(request.body === undefined ? {} : { body: request.body }),
    // The one deadline covers both.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
}

function joinHeaders(headers: Readonly<Record<string, string | readonly string[] | undefined>>) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      typeof value === "string" ? value : (value ?? []).join(", "),
    ]),
  );
}

/** The end of an exchange. Nearly all go out on a connection that is open, and need no signal. */
function createEnding() {
  let isReached = false;
  let controller: AbortController | undefined;
  return {
    reached: () => isReached,
    reach() {
      isReached = true;
      controller?.abort();
    },
    signal() {
      controller ??= new AbortController();
      if (isReached) controller.abort();
      return controller.signal;
    },
  };
}

function defer<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}
