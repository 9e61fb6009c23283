import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { LOOPBACK, openTransport, post, TRUSTING, text } from "./open-transport.js";
import { httpServer, httpsServer, rawServer } from "./servers.js";

const url = (port: number, path = "/") => `http://localhost:${port}${path}`;

describe("a request", () => {
  it("sends method, path, headers and body, and returns status, headers and body", async () => {
    const server = await httpServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk) => chunks.push(chunk));
      request.on("end", () => {
        response.writeHead(
          202,
          [
            ["X-Echo", `${request.method} ${request.url}`],
            ["X-Signature", String(request.headers["webhook-signature"])],
            ["X-Encoding", String(request.headers["accept-encoding"])],
            ["Set-Cookie", "a=1"],
            ["Set-Cookie", "b=2"],
          ].flat(),
        );
        response.end(Buffer.concat(chunks));
      });
    });
    const result = await openTransport(LOOPBACK).request(
      post(url(server.port, "/hook?a=1"), { headers: { "webhook-signature": "v1,abc" }, body: "ünïcode" }),
    );
    if (!result.ok) throw new Error(result.message);
    expect(result.status).toBe(202);
    expect(result.headers).toMatchObject({
      "x-echo": "POST /hook?a=1",
      "x-signature": "v1,abc",
      "x-encoding": "identity",
      "set-cookie": "a=1, b=2",
    });
    expect(text(result.body)).toBe("ünïcode");
    expect(result.truncated).toBe(false);
  });

  it("sends bytes as they are, and keeps a header the caller chose for itself", async () => {
    const server = await httpServer(async (request, response) => {
      const [chunk] = await once(request, "data");
      response.end(`${request.headers["accept-encoding"]} ${chunk.toString("hex")}`);
    });
    const result = await openTransport(LOOPBACK).request(
      post(url(server.port), { headers: { "Accept-Encoding": "gzip" }, body: new Uint8Array([0, 255, 128]) }),
    );
    expect(result.ok && text(result.body)).toBe("gzip 00ff80");
  });

  it("sends no body when there is none", async () => {
    const server = await httpServer((request, response) => {
      response.end(JSON.stringify({ method: request.method, length: request.headers["content-length"] }));
    });
    const { body: _none, ...get } = post(url(server.port), { method: "GET", headers: {} });
    const result = await openTransport(LOOPBACK).request(get);
    expect(result.ok && text(result.body)).toBe('{"method":"GET"}');
  });

  it("gets a redirect as its response, and nothing is sent to the place it names", async () => {
    const inside = await httpServer((_request, response) => response.end("secret"));
    const server = await httpServer((_request, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${inside.port}/` }).end("moved");
    });
    const result = await openTransport(LOOPBACK).request(post(url(server.port)));
    expect(result).toMatchObject({
      ok: true,
      status: 307,
      headers: { location: `http://127.0.0.1:${inside.port}/` },
    });
    expect(inside.connections).toHaveLength(0);
  });

  it("skips informational answers before the real one", async () => {
    const server = await rawServer((socket) => {
      socket.write(
        "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
      );
    });
    const result = await openTransport(LOOPBACK).request(post(url(server.port)));
    expect(result).toMatchObject({ ok: true, status: 200, headers: { "content-length": "2" } });
  });

  it("reuses one connection for requests that follow each other", async () => {
    const server = await httpServer((_request, response) => response.end("ok"));
    const transport = openTransport(LOOPBACK);
    for (let count = 0; count < 3; count++) {
      expect(await transport.request(post(url(server.port)))).toMatchObject({ ok: true, status: 200 });
    }
    expect(server.connections).toHaveLength(1);
  });

  it("reaches a connection kept alive over TLS too", async () => {
    const server = await httpsServer((_request, response) => response.end("ok"));
    const transport = openTransport(TRUSTING);
    for (let count = 0; count < 2; count++) {
      expect(await transport.request(post(`https://localhost:${server.port}/`))).toMatchObject({
        ok: true,
        status: 200,
      });
    }
    expect(server.connections).toHaveLength(1);
  });
});

describe("a response body", () => {
  it("of exactly the maximum is whole", async () => {
    const server = await httpServer((_request, response) => response.end("12345"));
    const result = await openTransport(LOOPBACK).request(post(url(server.port), { maxResponseBytes: 5 }));
    expect(result).toMatchObject({ ok: true, truncated: false });
    expect(result.ok && text(result.body)).toBe("12345");
  });

  it("of one byte more is cut, says so, and its connection is closed", async () => {
    const server = await httpServer((_request, response) => response.end("123456"));
    const result = await openTransport(LOOPBACK).request(post(url(server.port), { maxResponseBytes: 5 }));
    expect(result).toMatchObject({ ok: true, status: 200, truncated: true });
    expect(result.ok && text(result.body)).toBe("12345");
    await server.allClosed();
  });

  it("of 2 MB is capped while it is read", async () => {
    const server = await httpServer((_request, response) => response.end(Buffer.alloc(2_000_000, "x")));
    const result = await openTransport(LOOPBACK).request(
      post(url(server.port), { maxResponseBytes: 10_000 }),
    );
    expect(result).toMatchObject({ ok: true, truncated: true });
    expect(result.ok && result.body.length).toBe(10_000);
  });

  it("of 2 MB that is allowed arrives whole", async () => {
    const server = await httpServer((_request, response) => response.end(Buffer.alloc(2_000_000, "x")));
    const result = await openTransport(LOOPBACK).request(
      post(url(server.port), { maxResponseBytes: 2_000_000 }),
    );
    expect(result).toMatchObject({ ok: true, truncated: false });
    expect(result.ok && result.body.length).toBe(2_000_000);
  });

  it("that never ends is capped", async () => {
    const server = await httpServer((_request, response) => {
      const pour = () => {
        while (response.write(Buffer.alloc(16_384, "x")));
      };
      response.on("drain", pour);
      pour();
    });
    const result = await openTransport(LOOPBACK).request(
      post(url(server.port), { maxResponseBytes: 100_000 }),
    );
    expect(result).toMatchObject({ ok: true, truncated: true });
    await server.allClosed();
  });

  it("is not read at all when nothing of it is wanted", async () => {
    const server = await httpServer((_request, response) => response.end("body"));
    const result = await openTransport(LOOPBACK).request(post(url(server.port), { maxResponseBytes: 0 }));
    expect(result).toMatchObject({ ok: true, status: 200, truncated: true, body: new Uint8Array() });
  });
});
