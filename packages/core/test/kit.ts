import { createManualClock, type ManualClock } from "@tenon/contract-tests";
import { createTenon, type Tenon, type TenonConfig } from "@tenon/core";
import type { HttpRequest, HttpResult, HttpTransport, Logger, Storage } from "@tenon/core/ports";
import { memoryStorage } from "@tenon/storage-memory";

export const TENANT = "acme";

/** A kit on memory storage with a clock that a test moves, a transport it scripts, and a log it reads. */
export interface TestKit {
  readonly tenon: Tenon;
  readonly storage: Storage;
  readonly clock: ManualClock;
  readonly transport: ScriptedTransport;
  readonly logLines: readonly string[];
}

export function createTestKit(config: Partial<TenonConfig> = {}): TestKit {
  const clock = createManualClock();
  const storage = config.storage ?? memoryStorage();
  const transport = scriptTransport();
  const logLines: string[] = [];
  const tenon = createTenon({
    storage,
    vaultKeys: [{ id: "test", key: Buffer.alloc(32, 7).toString("base64") }],
    transport,
    clock,
    logger: recordLog(logLines),
    ...config,
  });
  return { tenon, storage, clock, transport, logLines };
}

export interface ScriptedTransport extends HttpTransport {
  readonly requests: readonly HttpRequest[];
  /** Answers the next requests, in order; after the last one, 204. */
  answer(...results: readonly (number | HttpResult)[]): void;
}

export function response(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body = "",
): HttpResult {
  return { ok: true, status, headers, body: new TextEncoder().encode(body), truncated: false };
}

function scriptTransport(): ScriptedTransport {
  const requests: HttpRequest[] = [];
  const answers: (number | HttpResult)[] = [];
  return {
    requests,
    answer: (...results) => void answers.push(...results),
    check: (url) =>
      new URL(url).hostname.startsWith("10.")
        ? { ok: false, reason: "must not be a private address" }
        : { ok: true },
    async request(request) {
      requests.push(request);
      const next = answers.shift() ?? 204;
      return typeof next === "number" ? response(next) : next;
    },
  };
}

function recordLog(lines: string[]): Logger {
  const record = (fields: Readonly<Record<string, unknown>>, message: string) =>
    void lines.push(`${message} ${JSON.stringify(fields, serializeError)}`);
  return { debug: record, info: record, warn: record, error: record };
}

function serializeError(_: string, value: unknown): unknown {
  return value instanceof Error ? { ...value, message: value.message, stack: value.stack } : value;
}
