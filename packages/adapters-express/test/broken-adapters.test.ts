import { type HttpFramework, httpContract } from "@tenon/contract-tests/http";
import { memoryStorage } from "@tenon/storage-memory";
import * as providers from "@tenon/verify-webhook/providers";
import express, { type Request } from "express";
import { expect, test } from "vitest";
import type { Middleware } from "../src/index.js";
import { expressFramework } from "./serve-express.js";

type Adapter = HttpFramework<Middleware, Request>;

const sound = expressFramework(express);

/** Runs something on the request and the reply before a middleware sees them. */
const after =
  (meddle: (req: Request, res: Parameters<Middleware>[1]) => void) =>
  (middleware: Middleware): Middleware =>
  (req, res, next) => {
    meddle(req as Request, res);
    middleware(req, res, next);
  };

/** Leaves nothing to read but `headers`, which keeps one Authorization of two. */
const losesRepeatedHeaders = after((req) => {
  Object.defineProperty(req, "rawHeaders", { value: [] });
});
const believesEveryone = after((req) => {
  const [client] = (req.get("x-forwarded-for") ?? "").split(",");
  if (client) Object.defineProperty(req.socket, "remoteAddress", { value: client });
});
const dropsExposedHeaders = after((_req, res) => void res.removeHeader("Access-Control-Expose-Headers"));
const dropsLimitHeaders = after((_req, res) => {
  const setHeader = res.setHeader.bind(res);
  res.setHeader = (name, value) => (/^x-ratelimit-remaining$/i.test(name) ? res : setHeader(name, value));
});
const answersHtml = after((_req, res) => {
  const setHeader = res.setHeader.bind(res);
  res.setHeader = (name, value) =>
    setHeader(name, name.toLowerCase() === "content-type" ? "text/html" : value);
});

/** A request that is another object for each middleware. */
const isNeverTheSame =
  (middleware: Middleware): Middleware =>
  (req, res, next) =>
    middleware(Object.create(req), res, next);
const losesQueries = after((req) => {
  Object.defineProperty(req, "url", { value: req.path });
});

const asGet = after((req) => {
  req.method = "GET";
});

/** Adapters with one promise removed each, and a word of the case that finds out. */
const broken: Readonly<Record<string, Partial<Adapter> & { readonly foundBy: RegExp }>> = {
  "loses a header that comes twice": {
    foundBy: /two of our keys/,
    requireApiKey: (tenon, options) => losesRepeatedHeaders(sound.requireApiKey(tenon, options)),
  },
  "believes X-Forwarded-For of anybody": {
    foundBy: /believes no X-Forwarded-For/,
    rateLimit: (tenon, options) => believesEveryone(sound.rateLimit(tenon, options)),
  },
  "drops what the host exposes": {
    foundBy: /exposes to browsers/,
    requireApiKey: (tenon, options) => dropsExposedHeaders(sound.requireApiKey(tenon, options)),
  },
  "doesn't say what is left": {
    foundBy: /what is left of every limit/,
    requireApiKey: (tenon, options) => dropsLimitHeaders(sound.requireApiKey(tenon, options)),
  },
  "answers problems as HTML": {
    foundBy: /without a key is answered 401/,
    requireApiKey: (tenon, options) => answersHtml(sound.requireApiKey(tenon, options)),
  },
  "takes each middleware's request for a new one": {
    foundBy: /one lookup, and every limit is charged once/,
    requireApiKey: (tenon, options) => isNeverTheSame(sound.requireApiKey(tenon, options)),
  },
  "doesn't show the query": {
    foundBy: /a key in the query string/,
    requireApiKey: (tenon, options) => losesQueries(sound.requireApiKey(tenon, options)),
    rateLimit: (tenon, options) => losesQueries(sound.rateLimit(tenon, options)),
  },
  "keeps foreign tokens to itself": {
    foundBy: /goes on to the host's own check/,
    requireApiKey: (tenon, { foreignBearer: _, ...options } = {}) => sound.requireApiKey(tenon, options),
  },
  "forgets the scopes": {
    foundBy: /lacks a scope/,
    requireApiKey: (tenon, options) => sound.requireApiKey(tenon, { ...options, scopes: [] }),
  },
  "forgets the permission": {
    foundBy: /a principal without the permission/,
    requirePrincipal: (tenon, { permission: _, ...options }) => sound.requirePrincipal(tenon, options),
  },
  "forgets the cost": {
    foundBy: /takes its cost, and routes/,
    rateLimit: (tenon, options) => sound.rateLimit(tenon, { ...options, cost: 1 }),
  },
  "judges preflights": {
    foundBy: /CORS preflight passes/,
    requireApiKey: (tenon, options) => asGet(sound.requireApiKey(tenon, options)),
  },
  "swallows what onEvent throws": {
    foundBy: /could not be acted on/,
    webhookReceiver: ({ onEvent, ...options }) =>
      sound.webhookReceiver({
        ...options,
        onEvent: async (received, request, transaction) => {
          await Promise.resolve(onEvent?.(received, request, transaction)).catch(() => {});
        },
      }),
  },
  "marks an id outside the handler's transaction": {
    foundBy: /a handler that fails leaves no mark/,
    webhookReceiver: ({ transaction, ...options }) =>
      sound.webhookReceiver({
        ...options,
        ...(transaction && {
          transaction: async (run) => {
            let failure: unknown;
            await transaction((given) =>
              run(given).catch((error) => {
                failure = error;
              }),
            );
            if (failure !== undefined) throw failure;
          },
        }),
      }),
  },
  "forgets the formats": {
    foundBy: /GitHub's events are received/,
    webhookReceiver: ({ profiles: _, ...options }) => sound.webhookReceiver(options),
  },
  "verifies what a parser made of the body": {
    foundBy: /byte for byte/,
    webhookReceiver: (options) => {
      const receiver = sound.webhookReceiver(options);
      const parse = express.json({ type: () => true, strict: false, limit: "10mb" });
      return (req, res, next) =>
        parse(req as Request, res as never, () => {
          Object.assign(req, { rawBody: Buffer.from(JSON.stringify((req as Request).body ?? {})) });
          receiver(req, res, next);
        });
    },
  },
  "says ready whatever is wrong": {
    foundBy: /503 with the reason while the storage is out/,
    readinessCheck: (tenon) => sound.healthCheck(tenon),
  },
  "reads bodies of any size": {
    foundBy: /exactly the limit/,
    webhookReceiver: (options) => sound.webhookReceiver({ ...options, maxBodyBytes: 100_000_000 }),
  },
};

/** Judges nothing of a request but what a middleware of the host's left in `req.body`. */
const parsesFirst =
  (middleware: Middleware): Middleware =>
  (req, res, next) =>
    express.json({ type: () => true, strict: false })(req as Request, res as never, () => {
      middleware(req, res, next);
    });

const brokenManagement: typeof broken = {
  "doesn't know where it is mounted": {
    foundBy: /a key is created, and its text/,
    managementApi: (tenon, options) =>
      after((req) => {
        req.baseUrl = "";
      })(sound.managementApi(tenon, options)),
  },
  "keeps other paths to itself": {
    foundBy: /stay the host's/,
    managementApi: (tenon, options) => {
      const api = sound.managementApi(tenon, options);
      return (req, res) => api(req, res, () => res.writeHead(404).end());
    },
  },
  "leaves the body to the host's parser": {
    foundBy: /no JSON object is refused/,
    managementApi: (tenon, options) => parsesFirst(sound.managementApi(tenon, options)),
  },
  "reads larger bodies than it was told": {
    foundBy: /above the limit is answered 413/,
    managementApi: (tenon, options) => sound.managementApi(tenon, { ...options, maxBodyBytes: 1_000_000 }),
  },
};

test.each(Object.entries({ ...broken, ...brokenManagement }))(
  "an adapter that %s is found out",
  async (_, { foundBy, ...part }) => {
    const isOfManagement = "managementApi" in part;
    const cases = httpContract({
      framework: { ...sound, ...part },
      createStorage: (clock) => memoryStorage({ clock }),
      providers,
    }).filter(({ name }) => name.startsWith("management: ") === isOfManagement);
    const failed: string[] = [];
    for (const { name, run } of cases) await run().catch(() => failed.push(name));
    expect(failed).toContainEqual(expect.stringMatching(foundBy));
    expect(failed.length).toBeLessThan(cases.length / 2);
  },
);
