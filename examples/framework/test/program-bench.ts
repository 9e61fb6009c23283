import { bearerOf, type CallApi, createCaller } from "../../black-box/src/call-api.js";
import type { ProgramDatabase } from "../../black-box/src/databases.js";
import { type Sink, startSink } from "../../black-box/src/sink.js";
import { startProgram } from "../../black-box/src/start-program.js";

export const WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const JWT_SECRET = "a secret of the host's own login";

/** What a case speaks to: the running program. */
export interface ProgramBench {
  /** Without credentials. */
  readonly call: CallApi;
  /** As an administrator of a tenant. */
  admin(tenant: string): CallApi;
  /** A key of a tenant's, and the call with it. */
  partner(
    tenant: string,
    ...scopes: readonly string[]
  ): Promise<{ readonly id: string; readonly call: CallApi }>;
  /** A partner's receiver, closed when the case is over. */
  sink(): Promise<Sink>;
  advance(ms: number): Promise<void>;
  closeSinks(): Promise<void>;
  stop(): Promise<number | null>;
}

/** Starts the program on a database. */
export async function startFramework(database: ProgramDatabase): Promise<ProgramBench> {
  const program = await startProgram({
    example: "framework",
    env: {
      DATABASE_URL: database.url,
      TENON_VAULT_KEY: "a key that outlives the process, and seals",
      JWT_SECRET,
      WEBHOOK_SECRET,
      // 50, 100 and 200 ms: no case waits for seconds.
      WEBHOOK_RETRY_DELAY: "50",
      DEMO: "1",
    },
  });
  const sinks: Sink[] = [];
  const call = createCaller(program.url);
  const admin =
    (tenant: string): CallApi =>
    async (method, path, options = {}) => {
      const authorization = await bearerOf(JWT_SECRET, tenant);
      return call(method, path, { ...options, headers: { authorization, ...options.headers } });
    };
  return {
    call,
    admin,
    async partner(tenant, ...scopes) {
      const body = { name: "Partner", scopes };
      const { json } = await admin(tenant)("POST", "/integrations/api-keys", { body });
      return { id: String(json.id), call: createCaller(program.url, { "x-api-key": String(json.key) }) };
    },
    async sink() {
      const sink = await startSink();
      sinks.push(sink);
      return sink;
    },
    async advance(advanceMs) {
      await call("POST", "/_demo/clock", { body: { advanceMs } });
    },
    async closeSinks() {
      await Promise.all(sinks.splice(0).map((sink) => sink.close()));
    },
    stop: program.stop,
  };
}
