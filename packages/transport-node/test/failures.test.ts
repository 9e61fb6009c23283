import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { LOOPBACK, openTransport, post, TRUSTING } from "./open-transport.js";
import { httpServer, httpsServer, rawServer } from "./servers.js";

const url = (port: number) => `http://localhost:${port}/`;
const never = () => {};

describe("the time limit", () => {
  it("ends a request whose name is never resolved", async () => {
    const transport = openTransport({}, { lookup: () => new Promise(never) });
    expect(await transport.request(post("https://partner.test/", { timeoutMs: 50 }))).toEqual({
      ok: false,
      failure: "timeout",
      message: "no complete response within 50 ms",
    });
  });

  it("ends a request whose handshake never comes, and gives its connection up", async () => {
    const server = await rawServer();
    const transport = openTransport(LOOPBACK);
    const result = await transport.request(post(`https://localhost:${server.port}/`, { timeoutMs: 500 }));
    expect(result).toMatchObject({ ok: false, failure: "timeout" });
    expect(server.connections).toHaveLength(1);
    await server.allClosed();
  });

  it("ends a request whose handshake trickles in", async () => {
    const server = await rawServer((socket) => {
      // The head of a TLS record that announces 16 kB of handshake, which then come a byte at a time.
      socket.write(Buffer.from([22, 3, 3, 64, 0]));
      const timer = setInterval(() => socket.write(Buffer.from([2])), 10);
      socket.on("close", () => clearInterval(timer));
    });
    const transport = openTransport(LOOPBACK);
    const result = await transport.request(post(`https://localhost:${server.port}/`, { timeoutMs: 500 }));
    expect(result).toMatchObject({ ok: false, failure: "timeout" });
    await server.allClosed();
  });

  it("ends a request that is never answered", async () => {
    const server = await httpServer(never);
    const result = await openTransport(LOOPBACK).request(post(url(server.port), { timeoutMs: 100 }));
    expect(result).toMatchObject({ ok: false, failure: "timeout" });
    await server.allClosed();
  });

  it("covers headers that trickle in", async () => {
    const server = await rawServer((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      const timer = setInterval(() => socket.write("x-more: 1\r\n"), 10);
      socket.on("close", () => clearInterval(timer));
    });
    const result = await openTransport(LOOPBACK).request(post(url(server.port), { timeoutMs: 150 }));
    expect(result).toMatchObject({ ok: false, failure: "timeout" });
    await server.allClosed();
  });

  it("covers a body that trickles in", async () => {
    const server = await httpServer((_request, response) => {
      const timer = setInterval(() => response.write("."), 10);
      response.on("close", () => clearInterval(timer));
    });
    const result = await openTransport(LOOPBACK).request(post(url(server.port), { timeoutMs: 150 }));
    expect(result).toMatchObject({ ok: false, failure: "timeout" });
    await server.allClosed();
  });

  it("leaves the other requests to the same receiver alone", async () => {
    const server = await httpServer((request, response) => {
      if (request.url !== "/hangs") setTimeout(() => response.end("ok"), 120);
    });
    const transport = openTransport(LOOPBACK);
    const [hung, answered] = await Promise.all([
      transport.request(post(`${url(server.port)}hangs`, { timeoutMs: 50 })),
      transport.request(post(url(server.port))),
    ]);
    expect(hung).toMatchObject({ ok: false, failure: "timeout" });
    expect(answered).toMatchObject({ ok: true, status: 200 });
  });
});

describe("an abort signal", () => {
  it("that has fired already keeps the request from being sent", async () => {
    const server = await httpServer(never);
    const result = await openTransport(LOOPBACK).request(
      post(url(server.port), { signal: AbortSignal.abort() }),
    );
    expect(result).toMatchObject({ ok: false, failure: "aborted" });
    expect(server.connections).toHaveLength(0);
  });

  it("ends a request under way and its connection", async () => {
    const abort = new AbortController();
    const server = await httpServer(() => abort.abort());
    const result = await openTransport(LOOPBACK).request(post(url(server.port), { signal: abort.signal }));
    expect(result).toMatchObject({ ok: false, failure: "aborted" });
    await server.allClosed();
  });

  it("ends a request inside the body", async () => {
    const abort = new AbortController();
    const server = await httpServer((_request, response) => {
      response.write("part", () => abort.abort());
    });
    const result = await openTransport(LOOPBACK).request(post(url(server.port), { signal: abort.signal }));
    expect(result).toMatchObject({ ok: false, failure: "aborted" });
    await server.allClosed();
  });

  it("ends a request whose name is being resolved, and nothing is sent afterwards", async () => {
    const server = await httpServer(never);
    const abort = new AbortController();
    let answer: (addresses: { address: string }[]) => void = never;
    const transport = openTransport(LOOPBACK, { lookup: () => new Promise((resolve) => (answer = resolve)) });
    const pending = transport.request(post(`https://partner.test:${server.port}/`, { signal: abort.signal }));
    await new Promise(setImmediate);
    abort.abort();
    expect(await pending).toMatchObject({ ok: false, failure: "aborted" });
    answer([{ address: "127.0.0.1" }]);
    await new Promise(setImmediate);
    await transport.close();
    expect(server.connections).toHaveLength(0);
  });
});

describe("a connection", () => {
  it("that is refused is a connect failure", async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const address = closed.address();
    await new Promise((resolve) => closed.close(resolve));
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const transport = openTransport(LOOPBACK);
    for (const host of ["localhost", "127.0.0.1"]) {
      expect(await transport.request(post(`http://${host}:${port}/`))).toEqual({
        ok: false,
        failure: "connect",
        message: `could not connect to ${host} (ECONNREFUSED)`,
      });
    }
  });

  it("closed before an answer is a connect failure", async () => {
    const server = await rawServer((socket) => socket.end());
    expect(await openTransport(LOOPBACK).request(post(url(server.port)))).toMatchObject({
      ok: false,
      failure: "connect",
    });
  });

  it("closed inside the headers is a connect failure", async () => {
    const server = await rawServer((socket) => socket.end("HTTP/1.1 200 OK\r\nx-part: 1"));
    expect(await openTransport(LOOPBACK).request(post(url(server.port)))).toMatchObject({
      ok: false,
      failure: "connect",
    });
  });

  it("reset before an answer is a connect failure", async () => {
    const server = await rawServer((socket) => socket.resetAndDestroy());
    expect(await openTransport(LOOPBACK).request(post(url(server.port)))).toMatchObject({
      ok: false,
      failure: "connect",
    });
  });

  it("with a certificate nobody vouches for is a tls failure, and nothing was sent", async () => {
    let requests = 0;
    const server = await httpsServer((_request, response) => response.end(`${++requests}`));
    const result = await openTransport(LOOPBACK).request(post(`https://localhost:${server.port}/`));
    expect(result).toEqual({
      ok: false,
      failure: "tls",
      message: "no secure connection to localhost (DEPTH_ZERO_SELF_SIGNED_CERT)",
    });
    expect(requests).toBe(0);
  });

  it("with a certificate for another host is a tls failure", async () => {
    const server = await httpsServer((_request, response) => response.end());
    const transport = openTransport(TRUSTING);
    const result = await transport.request(post(`https://127.0.0.1:${server.port}/`));
    expect(result).toMatchObject({ ok: false, failure: "tls" });
    expect(JSON.stringify(result)).not.toContain("partner.test");
  });

  it("that doesn't speak TLS is a tls failure", async () => {
    const server = await rawServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const result = await openTransport(LOOPBACK).request(post(`https://localhost:${server.port}/`));
    expect(result).toMatchObject({ ok: false, failure: "tls" });
  });
});

describe("a response that isn't valid HTTP", () => {
  it.each([
    ["garbage", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["a header that never ends", `HTTP/1.1 200 OK\r\nx-long: ${"a".repeat(40_000)}`],
    ["too many headers", `HTTP/1.1 200 OK\r\n${"x-a: b\r\n".repeat(5_000)}\r\n`],
    ["a body shorter than its content-length", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort", true],
    ["a chunked body that breaks off", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel", true],
    ["a chunk size that isn't one", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"],
    ["two different content-lengths", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab"],
    ["both framings", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"],
    [
      "an upgrade nobody asked for",
      "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: ws\r\n\r\n",
    ],
  ])("%s is a protocol failure", async (_name, bytes, ends = false) => {
    const server = await rawServer((socket) => (ends ? socket.end(bytes) : socket.write(bytes)));
    const result = await openTransport(LOOPBACK).request(post(url(server.port)));
    expect(result).toMatchObject({ ok: false, failure: "protocol" });
    await server.allClosed();
  });

  it("pours headers without an end: cut, and its connection is closed", async () => {
    const server = await rawServer((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      const pour = () => {
        while (socket.writable && socket.write("x-more: 1\r\n".repeat(1000)));
      };
      socket.on("drain", pour);
      pour();
    });
    expect(await openTransport(LOOPBACK).request(post(url(server.port)))).toEqual({
      ok: false,
      failure: "protocol",
      message: "the response headers are too large",
    });
    await server.allClosed();
  });

  it("longer than its content-length leaves nothing behind for the next request", async () => {
    const smuggled = "HTTP/1.1 500 No\r\ncontent-length: 4\r\n\r\nevil";
    const server = await rawServer((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok${smuggled}`);
    });
    const transport = openTransport(LOOPBACK);
    for (let count = 0; count < 3; count++) {
      const result = await transport.request(post(url(server.port)));
      if (result.ok) expect([result.status, result.body.length]).toEqual([200, 2]);
      else expect(result.failure).toBe("connect");
    }
    expect(server.connections.length).toBeGreaterThanOrEqual(2);
  });

  it("reset inside the body is a protocol failure", async () => {
    const server = await rawServer((socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort", () => {
        setTimeout(() => socket.resetAndDestroy(), 50);
      });
    });
    expect(await openTransport(LOOPBACK).request(post(url(server.port)))).toMatchObject({
      ok: false,
      failure: "protocol",
    });
  });
});

describe("close", () => {
  it("ends requests at every stage as aborted, and every connection", async () => {
    const server = await httpServer((request, response) => {
      if (request.url === "/body") response.write("part");
      if (request.url === "/whole") response.end("ok");
    });
    const silent = await rawServer();
    const transport = openTransport(LOOPBACK, { lookup: () => new Promise(never) });
    await transport.request(post(`${url(server.port)}whole`));
    const pending = [
      transport.request(post(`${url(server.port)}headers`)),
      transport.request(post(`${url(server.port)}body`)),
      transport.request(post(`https://localhost:${silent.port}/`)),
      transport.request(post("https://partner.test/")),
    ];
    await new Promise((resolve) => setTimeout(resolve, 50));
    await Promise.all([transport.close(), transport.close()]);
    for (const result of await Promise.all(pending))
      expect(result).toMatchObject({ ok: false, failure: "aborted" });
    await Promise.all([server.allClosed(), silent.allClosed()]);
    expect(await transport.request(post(url(server.port)))).toMatchObject({ ok: false, failure: "aborted" });
  });
});

describe("a request no program should make", () => {
  it.each([
    ["a line break in a header", { headers: { "x-a": "b\r\nhost: evil-value" } }],
    ["a header name that isn't one", { headers: { "x a": "evil-value" } }],
    ["a host of its own", { headers: { Host: "evil-value" } }],
    ["a framing of its own", { headers: { "Transfer-Encoding": "chunked" } }],
    ["a content-length that isn't the body's", { headers: { "content-length": "3" } }],
    ["a method that isn't one", { method: "PO ST" }],
    ["a tunnel", { method: "connect" }],
    ["no time", { timeoutMs: 0 }],
    ["a time limit that isn't a number", { timeoutMs: Number.NaN }],
    ["more time than a timer has", { timeoutMs: 2 ** 31 }],
    ["a negative maximum", { maxResponseBytes: -1 }],
  ])("rejects with a TypeError: %s", async (_name, changes) => {
    const server = await httpServer((_request, response) => response.end());
    const rejection = await openTransport(LOOPBACK)
      .request(post(url(server.port), changes))
      .catch((error: unknown) => error);
    expect(rejection).toBeInstanceOf(TypeError);
    expect(String(rejection)).not.toContain("evil-value");
    expect(server.connections.map(({ received }) => received()).join("")).toBe("");
  });
});
