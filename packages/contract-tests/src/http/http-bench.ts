import assert from "node:assert/strict";
import { inspect } from "node:util";
import { type CreateApiKeyInput, createTenon, type Tenon, type TenonConfig } from "@tenon/core";
import type { Clock, Logger, Storage } from "@tenon/core/ports";
import { createManualClock, type ManualClock } from "../manual-clock.js";
import type { HttpApp, HttpFramework, HttpRoute, ServedApp } from "./http-framework.js";
import { type ReceivedReply, type SentRequest, sendRequest } from "./send-request.js";
import { type SteeredStorage, steerStorage } from "./steered-storage.js";
import type { WebhookProviders } from "./webhook-profile-cases.js";

export interface HttpBenchOptions<Middleware, FrameworkRequest> {
  readonly framework: HttpFramework<Middleware, FrameworkRequest>;
  readonly createStorage: (clock: Clock) => Storage;
  readonly providers: WebhookProviders;
}

/** One case's world: a kit on a storage of its own, and apps served from it. */
export interface HttpBench<Middleware, FrameworkRequest> {
  readonly framework: HttpFramework<Middleware, FrameworkRequest>;
  readonly providers: WebhookProviders;
  readonly clock: ManualClock;
  readonly steering: SteeredStorage;
  readonly tenon: Tenon;
  /** What the kits' doctors said, by name, in order. */
  readonly warnings: readonly string[];
  /** What the app's error handler got. */
  readonly errors: readonly unknown[];
  /** Another kit on the same storage. */
  createTenon(config?: Partial<TenonConfig>): Tenon;
  /** A new key's text. */
  createKey(input?: Partial<CreateApiKeyInput>): Promise<string>;
  /** Serves routes; the function it gives sends requests to them. */
  serve(
    routes: readonly HttpRoute<Middleware>[],
    app?: {
      readonly parsesJsonFirst?: boolean;
      readonly exposedHeaders?: string;
      readonly errorsAnsweredBy?: Tenon;
      readonly appMiddlewares?: readonly Middleware[];
      readonly mounts?: HttpApp<Middleware>["mounts"];
      /** Whether replies may show secrets, as those of a route that creates one do. Default false. */
      readonly showsSecrets?: boolean;
    },
  ): Promise<(request: SentRequest) => Promise<ReceivedReply>>;
}

export const scopes = { "posts:read": "Read posts", "posts:write": "Write posts" };

/**
 * Runs a case in a world of its own. Afterwards no key or secret that was in play may stand in a log line, in an
 * error, or in a reply.
 */
export async function onHttpBench<Middleware, FrameworkRequest>(
  { framework, createStorage, providers }: HttpBenchOptions<Middleware, FrameworkRequest>,
  use: (bench: HttpBench<Middleware, FrameworkRequest>) => Promise<void>,
): Promise<void> {
  const clock = createManualClock();
  const steering = steerStorage(createStorage(clock));
  const served: ServedApp[] = [];
  const errors: unknown[] = [];
  const said: unknown[] = [];
  const warnings: string[] = [];
  const secrets = new Set<string>();
  const openTenon = (config: Partial<TenonConfig> = {}) =>
    createTenon({
      storage: steering.storage,
      scopes,
      clock,
      logger: recordingLogger(said, warnings),
      ...config,
    });
  const tenon = openTenon();

  try {
    await use({
      framework,
      providers,
      clock,
      steering,
      tenon,
      warnings,
      errors,
      createTenon: openTenon,
      async createKey(input = {}) {
        const key = await tenon.apiKeys.create({
          tenantId: "acme",
          name: "Zapier",
          scopes: ["posts:read"],
          ...input,
        });
        return key.secret.reveal();
      },
      async serve(routes, options = {}) {
        const { parsesJsonFirst = false, exposedHeaders, appMiddlewares = [], mounts = [] } = options;
        const { errorsAnsweredBy } = options;
        const app = await framework.serve({
          routes,
          mounts,
          appMiddlewares,
          parsesJsonFirst,
          exposedHeaders,
          errorsAnsweredBy,
          onError: (error) => errors.push(error),
        });
        served.push(app);
        return async (request) => {
          for (const value of [request.path, ...(request.headers ?? []).map(([, text]) => text)])
            for (const text of keyTexts(value)) secrets.add(text);
          const reply = await sendRequest(app.port, request);
          if (!options.showsSecrets) said.push(reply);
          return reply;
        };
      },
    });
    const everything = inspect([said, errors], { depth: 12, maxArrayLength: null, maxStringLength: null });
    for (const secret of secrets) assert.ok(!everything.includes(secret), `a key text leaked: ${everything}`);
    assert.doesNotMatch(everything, /whsec_\w/, "a signing secret leaked");
  } finally {
    await Promise.all(served.map((app) => app.close()));
    await tenon.close();
  }
}

function keyTexts(text: string): readonly string[] {
  return text.match(/\bsk_live_\w{16,}/g) ?? [];
}

function recordingLogger(said: unknown[], warnings: string[]): Logger {
  const record = (fields: Readonly<Record<string, unknown>>, message: string) => {
    said.push([fields, message]);
    if (typeof fields.warning === "string") warnings.push(fields.warning);
  };
  return { debug: record, info: record, warn: record, error: record };
}
