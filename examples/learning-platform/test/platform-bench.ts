import { bearerOf, type CallApi, createCaller, type JsonObject } from "../../black-box/src/call-api.js";
import type { ProgramDatabase } from "../../black-box/src/databases.js";
import { type Sink, startSink } from "../../black-box/src/sink.js";
import { startProgram } from "../../black-box/src/start-program.js";

export const JWT_SECRET = "a secret of the platform's own login";

/** How long a receiver may take: shorter than usual, for the case that waits for it. */
export const TIMEOUT_MS = 3000;

/** What a case speaks to: the running program, as partners, administrators and the platform's own services do. */
export interface PlatformBench {
  /** Without credentials. */
  readonly call: CallApi;
  /** As an administrator of a tenant. */
  admin(tenant: string): CallApi;
  /** As a partner, with a key of a tenant's that has these scopes. */
  partner(tenant: string, ...scopes: readonly string[]): Promise<CallApi>;
  /** A partner's receiver, closed when the case is over. */
  sink(): Promise<Sink>;
  /** A webhook of a tenant's to a new receiver. */
  webhook(tenant: string, ...eventTypes: readonly string[]): Promise<Webhook>;
  /** Raises an event as the platform's services do, and returns its id. */
  emit(tenant: string, type: string, data?: JsonObject): Promise<unknown>;
  advance(ms: number): Promise<void>;
  /** Ends the process on the spot and starts another. */
  crash(): Promise<void>;
  closeSinks(): Promise<void>;
  stop(): Promise<number | null>;
  /** What the program has written. */
  output(): string;
}

/** A registered endpoint and the receiver behind it. */
export interface Webhook {
  readonly id: string;
  readonly secret: string;
  readonly sink: Sink;
  /** Its deliveries as the admin API lists them, newest first. */
  deliveries(): Promise<readonly JsonObject[]>;
}

/** Starts the program on a database. */
export async function startPlatform(database: ProgramDatabase): Promise<PlatformBench> {
  const start = () =>
    startProgram({
      example: "learning-platform",
      env: {
        DATABASE_URL: database.url,
        TENON_VAULT_KEY: "a key that outlives the process, and seals",
        JWT_SECRET,
        WEBHOOK_TIMEOUT_MS: String(TIMEOUT_MS),
        DEMO: "1",
      },
    });
  let program = await start();
  let aheadMs = 0;
  const sinks: Sink[] = [];
  const call: CallApi = (...request) => createCaller(program.url)(...request);

  const admin =
    (tenant: string): CallApi =>
    async (method, path, options = {}) => {
      const authorization = await bearerOf(JWT_SECRET, tenant);
      return call(method, path, { ...options, headers: { authorization, ...options.headers } });
    };

  async function openSink(): Promise<Sink> {
    const sink = await startSink();
    sinks.push(sink);
    return sink;
  }

  return {
    call,
    admin,
    async partner(tenant, ...scopes) {
      const { json } = await admin(tenant)("POST", "/admin/api-keys", { body: { name: "Partner", scopes } });
      const headers = { "x-aivo-api-key": String(json.key) };
      return (method, path, options = {}) =>
        call(method, path, { ...options, headers: { ...headers, ...options.headers } });
    },
    sink: openSink,
    async webhook(tenant, ...eventTypes) {
      const sink = await openSink();
      const body = { url: sink.url, eventTypes };
      const { json } = await admin(tenant)("POST", "/admin/webhooks", { body });
      const id = String(json.id);
      return {
        id,
        secret: String(json.secret),
        sink,
        deliveries: async () => (await admin(tenant)("GET", `/admin/webhooks/${id}/deliveries`)).items,
      };
    },
    async emit(tenant, type, data = {}) {
      const reply = await call("POST", "/_demo/events", { body: { tenant, type, data } });
      if (reply.status !== 202) throw new Error(`${type} was refused: ${reply.text}`);
      return reply.json.id;
    },
    async advance(ms) {
      aheadMs += ms;
      await call("POST", "/_demo/clock", { body: { advanceMs: ms } });
    },
    async crash() {
      await program.kill();
      program = await start();
      await call("POST", "/_demo/clock", { body: { advanceMs: aheadMs } });
    },
    async closeSinks() {
      await Promise.all(sinks.splice(0).map((sink) => sink.close()));
    },
    stop: () => program.stop(),
    output: () => program.output(),
  };
}
