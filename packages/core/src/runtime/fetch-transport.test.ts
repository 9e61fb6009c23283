import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import type { HttpRequest } from "../ports/http.js";
import { createFetchTransport } from "./fetch-transport.js";

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function startHost(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  cleanups.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return listen(server);
}

/** A peer that answers every connection with one text and hangs up. */
async function startPeer(reply: string): Promise<string> {
  const server = createTcpServer((socket) => socket.end(reply, () => socket.destroy()));
  cleanups.push(() => new Promise((resolve) => server.close(() => resolve())));
  return listen(server);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function get(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: "GET", url, headers: {}, timeoutMs: 10_000, maxResponseBytes: 1000, ...more };
}

const transport = createFetchTransport();

describe("a response", () => {
  test("comes with its status, lowercase headers joined where repeated, and its bytes", async () => {
    const url = await startHost((_request, response) => {
      response.writeHead(418, { "X-One": "1", "Set-Cookie": ["a=1", "b=2"], Constructor: "c" });
      response.end(Buffer.of(0, 255, 1));
    });
    const result = await transport.request(get(url));
    expect(result).toMatchObject({
      ok: true,
      status: 418,
      headers: { "x-one": "1", "set-cookie": "a=1, b=2", constructor: "c" },
      truncated: false,
    });
    expect(result.ok && [...result.body]).toEqual([0, 255, 1]);
  });

  test("that redirects is the response, and is not followed", async () => {
    let calls = 0;
    const url = await startHost((_request, response) => {
      calls++;
      response.writeHead(302, { location: "/elsewhere" }).end();
    });
    expect(await transport.request(get(url))).toMatchObject({
      ok: true,
      status: 302,
      headers: { location: "/elsewhere" },
    });
    expect(calls).toBe(1);
  });

  test("that fails is not asked for again", async () => {
    let calls = 0;
    const url = await startHost((_request, response) => {
      calls++;
      response.writeHead(503).end("down");
    });
    expect(await transport.request(get(url))).toMatchObject({ ok: true, status: 503 });
    expect(calls).toBe(1);
  });

  test("is cut at the limit while it is read, even when it never ends, and after inflation", async () => {
    const endless = await startHost((_request, response) => {
      response.write("x".repeat(1500));
    });
    const inflated = await startHost((_request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(5_000_000, "y")));
    });
    for (const url of [endless, inflated]) {
      const result = await transport.request(get(url));
      expect(result).toMatchObject({ ok: true, truncated: true });
      expect(result.ok && result.body.length).toBe(1000);
    }
  });

  test("exactly as long as the limit is whole", async () => {
    const url = await startHost((_request, response) => {
      response.end("x".repeat(1000));
    });
    expect(await transport.request(get(url))).toMatchObject({ ok: true, truncated: false });
  });

  test("without a body has an empty one", async () => {
    const url = await startHost((_request, response) => {
      response.writeHead(204).end();
    });
    expect(await transport.request(get(url))).toMatchObject({
      ok: true,
      status: 204,
      body: new Uint8Array(0),
    });
  });
});

test("a request sends its method, its headers and its very bytes, and no content type of its own", async () => {
  const received: { method: string | undefined; headers: IncomingMessage["headers"]; body: Buffer }[] = [];
  const url = await startHost(async (request, response) => {
    received.push({ method: request.method, headers: request.headers, body: await readBody(request) });
    response.end();
  });
  const text = '{"é":1}';
  await transport.request(get(url, { method: "POST", headers: { "x-test": "1" }, body: text }));
  await transport.request(
    get(url, { method: "PUT", headers: { "content-type": "a/b" }, body: Uint8Array.of(0, 255) }),
  );
  expect(received[0]).toMatchObject({ method: "POST", headers: { "x-test": "1" }, body: Buffer.from(text) });
  expect(received[0]?.headers).not.toHaveProperty("content-type");
  expect(received[1]).toMatchObject({
    method: "PUT",
    headers: { "content-type": "a/b" },
    body: Buffer.of(0, 255),
  });
});

describe("a failure", () => {
  test("to connect or to resolve is a value", async () => {
    const server = createTcpServer();
    const url = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await transport.request(get(url))).toMatchObject({ ok: false, failure: "connect" });
    expect(await transport.request(get("http://name.invalid/"))).toMatchObject({ ok: false, failure: "dns" });
  });

  test("is a time-out when headers or body take too long", async () => {
    const silent = await startHost(() => undefined);
    const stalling = await startHost((_request, response) => {
      response.writeHead(200, { "content-length": "10" }).write("x");
    });
    for (const url of [silent, stalling]) {
      expect(await transport.request(get(url, { timeoutMs: 60 }))).toMatchObject({
        ok: false,
        failure: "timeout",
      });
    }
  });

  test("is an abort when the caller gave up, before or meanwhile, or the transport was closed", async () => {
    const controller = new AbortController();
    const url = await startHost(() => controller.abort());
    expect(await transport.request(get(url, { signal: controller.signal }))).toMatchObject({
      failure: "aborted",
    });
    expect(await transport.request(get(url, { signal: AbortSignal.abort() }))).toMatchObject({
      failure: "aborted",
    });
    const closing = createFetchTransport();
    const stalled = await startHost(() => void closing.close?.());
    expect(await closing.request(get(stalled))).toMatchObject({ ok: false, failure: "aborted" });
  });

  test("is a protocol failure when the peer doesn't speak HTTP", async () => {
    const url = await startPeer("NOT HTTP AT ALL\r\n\r\n");
    expect(await transport.request(get(url))).toMatchObject({ ok: false, failure: "protocol" });
  });

  test("is a TLS failure when the peer doesn't speak TLS", async () => {
    const url = (await startPeer("plain text")).replace("http:", "https:");
    expect(await transport.request(get(url))).toMatchObject({ ok: false, failure: "tls" });
  });

  test("never repeats the URL, which may carry credentials", async () => {
    const server = createTcpServer();
    const url = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const result = await transport.request(get(`${url}/?code=planted-secret`));
    expect(JSON.stringify(result)).not.toContain("planted-secret");
  });
});

test("only the shape of a URL is checked, and what fails is never sent", async () => {
  expect(transport.check("https://example.com/a?b=c")).toEqual({ ok: true });
  expect(transport.check("http://127.0.0.1:8080/")).toEqual({ ok: true });
  for (const url of [
    "",
    "/path",
    "example.com",
    "ftp://example.com/",
    "file:///etc/passwd",
    "https://u:p@example.com/",
  ]) {
    expect(transport.check(url).ok).toBe(false);
    expect(await transport.request(get(url))).toMatchObject({ ok: false, failure: "blocked" });
  }
});
