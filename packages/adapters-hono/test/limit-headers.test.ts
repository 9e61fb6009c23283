import { once } from "node:events";
import { createServer } from "node:http";
import http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { getRequestListener, type HttpBindings, serve } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { createTenon } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import { Hono } from "hono";
import { cors } from "hono/cors";
import { afterEach, describe, expect, test } from "vitest";
import { rateLimit, requireApiKey } from "../src/index.js";
import { listen } from "./serve-hono.js";

const tenon = createTenon({ storage: memoryStorage() });
const limits = [{ name: "minute", limit: 10, windowSeconds: 60 }];

/** Counts each path of each test for itself. */
function limited(subject: string) {
  return rateLimit(tenon, { limits, subject: (c) => `${subject} ${c.req.path}` });
}

const servers: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

type Call = (path: string) => Promise<Response>;

async function served(app: Pick<Hono, "fetch">): Promise<Call> {
  const server = await listen(app);
  servers.push(server);
  return async (path) => fetch(`http://127.0.0.1:${server.port}${path}`, { redirect: "manual" });
}

const ways: readonly (readonly [string, (app: Hono) => Promise<Call>])[] = [
  ["any runtime", async (app) => async (path) => app.request(path)],
  ["@hono/node-server", served],
];

describe.each(ways)("on %s", (way, open) => {
  test("headers stand on a response that cannot be changed, and beside those the host set on a refusal", async () => {
    const app = new Hono();
    app.use(cors());
    app.use(async (c, next) => {
      c.header("X-Trace", "t1");
      await next();
    });
    app.get("/fetched", limited(`${way} fetched`), () => Response.redirect("https://a.example/", 302));
    app.get("/refused", requireApiKey(tenon), (c) => c.text("never"));
    const call = await open(app);
    expect((await call("/fetched")).headers.get("ratelimit")).toMatch(/^"minute";r=9;t=/);
    const { headers } = await call("/refused");
    expect(headers.get("x-trace")).toBe("t1");
    expect(headers.get("access-control-allow-origin")).toBe("*");
    expect(headers.get("content-type")).toBe("application/problem+json");
  });

  test("a reply without a body that a host gives to several requests keeps the headers of none", async () => {
    const app = new Hono();
    const done = new Response(null, { status: 204 });
    app.get("/:who", limited(`${way} shared`), () => done);
    const call = await open(app);
    const remaining = async (path: string) => (await call(path)).headers.get("x-ratelimit-remaining");
    expect([await remaining("/a"), await remaining("/a"), await remaining("/b")]).toEqual(["9", "8", "9"]);
    expect([...done.headers]).toEqual([]);
  });

  test("what the host says in the header that lists limits, before or after a guard, stands beside ours", async () => {
    const app = new Hono();
    app.use("/before", async (c, next) => {
      c.header("RateLimit", '"theirs";r=3;t=1');
      await next();
    });
    app.get("/before", limited(way), (c) => c.json({}));
    app.get("/after", limited(way), (c) => c.json({}, 200, { RateLimit: '"theirs";r=3;t=1' }));
    app.get("/raw", limited(way), () => new Response("{}"));
    const call = await open(app);
    const states = async (path: string) => (await call(path)).headers.get("ratelimit");
    expect(await states("/before")).toMatch(/^"theirs";r=3;t=1, "minute";r=9;t=\d+$/);
    expect(await states("/after")).toMatch(/^"theirs";r=3;t=1, "minute";r=9;t=\d+$/);
    expect(await states("/raw")).toMatch(/^"minute";r=9;t=\d+$/);
  });

  test("a limit of the host's with less left stays the one that X-RateLimit shows, and one with more does not", async () => {
    const app = new Hono();
    const shown = (remaining: string) => ({ "X-RateLimit-Limit": "50", "x-ratelimit-remaining": remaining });
    app.get("/tighter", limited(way), (c) => c.json({}, 200, shown("3")));
    app.get("/looser", limited(way), (c) => c.json({}, 200, shown("40")));
    const call = await open(app);
    const limitShown = async (path: string) => {
      const { headers } = await call(path);
      return [headers.get("x-ratelimit-limit"), headers.get("x-ratelimit-remaining")];
    };
    expect(await limitShown("/tighter")).toEqual(["50", "3"]);
    expect(await limitShown("/looser")).toEqual(["10", "9"]);
  });

  test("headers that the host exposes to browsers stay exposed beside ours", async () => {
    const app = new Hono();
    app.use(cors({ origin: "*", exposeHeaders: ["X-Total", "Retry-After"] }));
    app.get("/", limited(`${way} exposed`), (c) => c.json({}));
    const { headers } = await (await open(app))("/");
    expect(headers.get("access-control-expose-headers")?.split(/, ?/)).toEqual([
      "X-Total",
      "Retry-After",
      "RateLimit-Policy",
      "RateLimit",
      "X-RateLimit-Limit",
      "X-RateLimit-Remaining",
      "X-RateLimit-Reset",
    ]);
  });

  test("two guards tell of their limits in one reply, and of the tighter one in X-RateLimit", async () => {
    const app = new Hono();
    const hour = [{ name: "hour", limit: 3, windowSeconds: 3600 }];
    app.use(limited(`${way} two`));
    app.get("/", rateLimit(tenon, { limits: hour, subject: () => `${way} two` }), (c) => c.json({}));
    const { headers } = await (await open(app))("/");
    const listed = (name: string) =>
      headers
        .get(name)
        ?.replace(/;t=\d+/g, "")
        .split(", ")
        .sort();
    expect(listed("ratelimit-policy")).toEqual(['"hour";q=3;w=3600', '"minute";q=10;w=60']);
    expect(listed("ratelimit")).toEqual(['"hour";r=2', '"minute";r=9']);
    expect(headers.get("x-ratelimit-remaining")).toBe("2");
  });

  test("an error's answer tells of limits as any other reply", async () => {
    const app = new Hono();
    app.get("/", limited(`${way} failing`), () => {
      throw new Error("broken");
    });
    app.onError((_error, c) => c.json({}, 500));
    const reply = await (await open(app))("/");
    expect([reply.status, reply.headers.get("x-ratelimit-remaining")]).toEqual([500, "9"]);
  });

  test("of an app that is called by another with its own request, each reply tells its own limits", async () => {
    const inner = new Hono<{ Bindings: HttpBindings }>();
    inner.get("/inner", limited(`${way} inner`), (c) => c.json({}));
    const app = new Hono<{ Bindings: HttpBindings }>();
    app.get("/outer", async (c) => {
      const remaining: (string | null)[] = [];
      for (let call = 0; call < 2; call++) {
        const reply = await inner.request("/inner", {}, c.env);
        remaining.push(reply.headers.get("x-ratelimit-remaining"));
      }
      return c.json(remaining);
    });
    const reply = await (await open(app as unknown as Hono))("/outer");
    expect(await reply.json()).toEqual(["9", "8"]);
    expect(reply.headers.get("ratelimit")).toBeNull();
  });
});

test("a reply that Hono makes is not copied for the headers of a guard", async () => {
  const app = new Hono();
  let made: Response | undefined;
  app.get("/", limited("not copied"), (c) => {
    made = c.json({});
    return made;
  });
  const reply = await app.request("/");
  expect(reply).toBe(made);
  expect(reply.headers.get("x-ratelimit-remaining")).toBe("9");
});

test("on Node a reply that the host writes itself tells of limits too, however it gives its headers", async () => {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.get("/record", limited("own"), (c) => {
    c.env.outgoing.setHeader("RateLimit", '"theirs";r=3;t=1');
    c.env.outgoing.writeHead(203, "Fine", { "X-Own": "yes" }).end();
    return RESPONSE_ALREADY_SENT;
  });
  app.get("/list", limited("own"), (c) => {
    c.env.outgoing.writeHead(203, ["X-Own", "yes", "X-Own", "indeed", "ratelimit", '"theirs";r=3;t=1']).end();
    return RESPONSE_ALREADY_SENT;
  });
  app.get("/bare", limited("own"), (c) => {
    c.env.outgoing.statusCode = 203;
    c.env.outgoing.end();
    return RESPONSE_ALREADY_SENT;
  });
  const call = await served(app as unknown as Hono);
  const record = await call("/record");
  expect([record.status, record.statusText, record.headers.get("x-own")]).toEqual([203, "Fine", "yes"]);
  expect(record.headers.get("ratelimit")).toMatch(/^"theirs";r=3;t=1, "minute";r=9;t=\d+$/);
  const list = await call("/list");
  expect([list.status, list.headers.get("x-own")]).toEqual([203, "yes, indeed"]);
  expect(list.headers.get("ratelimit")).toMatch(/^"theirs";r=3;t=1, "minute";r=9;t=\d+$/);
  const bare = await call("/bare");
  expect([bare.status, bare.headers.get("x-ratelimit-remaining")]).toEqual([203, "9"]);
});

test("over HTTP/2 a reply tells of limits once", async () => {
  const app = new Hono();
  app.get("/", limited("http2"), (c) => c.json({}));
  const server = serve({
    fetch: app.fetch,
    hostname: "127.0.0.1",
    port: 0,
    createServer: http2.createServer,
  });
  if (!server.listening) await once(server, "listening");
  const client = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  try {
    const request = client.request({ ":path": "/" });
    const [headers] = (await once(request, "response")) as [http2.IncomingHttpHeaders];
    expect(headers[":status"]).toBe(200);
    expect(headers["x-ratelimit-remaining"]).toBe("9");
    expect(headers["ratelimit-policy"]).toBe('"minute";q=10;w=60');
  } finally {
    client.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

test("a middleware of Node's that watches for the head still sees the reply go out", async () => {
  const app = new Hono();
  app.get("/", limited("watched"), (c) => c.json({}));
  const listener = getRequestListener(app.fetch);
  const statuses: number[] = [];
  const server = createServer((incoming, outgoing) => {
    const { writeHead } = outgoing;
    outgoing.writeHead = ((...args: Parameters<typeof writeHead>) => {
      statuses.push(args[0]);
      return writeHead.apply(outgoing, args);
    }) as typeof writeHead;
    void listener(incoming, outgoing);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const reply = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect([statuses, reply.headers.get("x-ratelimit-remaining")]).toEqual([[200], "9"]);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});
