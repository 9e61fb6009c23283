import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { LOOPBACK, openTransport, post, text } from "./open-transport.js";
import { httpServer } from "./servers.js";

const url = (port: number) => `http://localhost:${port}/`;
const plain = '{"access_token":"é","token_type":"bearer"}'.repeat(500);

async function answerWith(contentEncoding: string, body: Uint8Array, maxResponseBytes = 65_536) {
  const server = await httpServer((_request, response) => {
    response.writeHead(200, { "content-encoding": contentEncoding }).end(body);
  });
  const transport = openTransport(LOOPBACK);
  return { server, result: await transport.request(post(url(server.port), { maxResponseBytes })), transport };
}

describe("a body that comes compressed although identity was asked for", () => {
  it.each([
    ["gzip", gzipSync(plain)],
    ["x-gzip", gzipSync(plain)],
    ["GZip", gzipSync(plain)],
    ["deflate", deflateSync(plain)],
    ["deflate", deflateRawSync(plain)],
    ["br", brotliCompressSync(plain)],
  ])("is inflated: %s", async (coding, body) => {
    const { server, result, transport } = await answerWith(coding, body);
    expect(result).toMatchObject({ ok: true, status: 200, truncated: false });
    expect(result.ok && text(result.body)).toBe(plain);
    expect(result.ok && result.headers["content-encoding"]).toBe(coding);
    await transport.request(post(url(server.port)));
    expect(server.connections).toHaveLength(1);
  });

  it.each([
    ["zstd", "any"],
    ["gzip, br", "bytes"],
    ["identity", "at all"],
  ])("comes as it is when it can't be inflated: %s", async (coding, body) => {
    const { result } = await answerWith(coding, Buffer.from(body));
    expect(result).toMatchObject({ ok: true, truncated: false });
    expect(result.ok && text(result.body)).toBe(body);
  });

  it("of exactly the maximum is whole, and of one byte more is cut", async () => {
    const body = gzipSync("x".repeat(5));
    expect((await answerWith("gzip", body, 5)).result).toMatchObject({ ok: true, truncated: false });
    const { result } = await answerWith("gzip", body, 4);
    expect(result).toMatchObject({ ok: true, status: 200, truncated: true });
    expect(result.ok && text(result.body)).toBe("xxxx");
  });

  it("may be empty", async () => {
    const { result } = await answerWith("gzip", new Uint8Array());
    expect(result).toMatchObject({ ok: true, truncated: false, body: new Uint8Array() });
  });

  it("may lack its end", async () => {
    const { result } = await answerWith("gzip", gzipSync("short").subarray(0, -8));
    expect(result.ok && text(result.body)).toBe("short");
  });

  it.each(["gzip", "deflate", "br"])("that isn't the %s it says is a protocol failure", async (coding) => {
    const { result, server } = await answerWith(coding, Buffer.alloc(1000, "\xff", "latin1"));
    expect(result).toEqual({
      ok: false,
      failure: "protocol",
      message: `the response body is not valid ${coding}`,
    });
    expect(server.connections).toHaveLength(1);
  });
});

describe("a bomb", () => {
  const MEGABYTES_64 = Buffer.alloc(64_000_000);

  it.each([
    ["gzip", gzipSync(MEGABYTES_64)],
    ["deflate", deflateSync(MEGABYTES_64)],
    ["br", brotliCompressSync(MEGABYTES_64)],
  ])("of 64 MB in %s is cut at the maximum, after inflation", async (coding, bomb) => {
    expect(bomb.length).toBeLessThan(65_536);
    const before = process.memoryUsage().arrayBuffers;
    const { result, server } = await answerWith(coding, bomb, 10_000);
    expect(result).toMatchObject({ ok: true, status: 200, truncated: true });
    expect(result.ok && result.body.length).toBe(10_000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16_000_000);
    if (bomb.length > 16_384) await server.allClosed();
  });

  it("that inflates to nothing for ever is cut as well", async () => {
    const nothing = gzipSync("");
    const server = await httpServer((_request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      const pour = () => {
        while (response.write(Buffer.concat(Array(500).fill(nothing))));
      };
      response.on("drain", pour);
      pour();
    });
    const result = await openTransport(LOOPBACK).request(post(url(server.port), { maxResponseBytes: 4096 }));
    expect(result).toMatchObject({ ok: true, truncated: true, body: new Uint8Array() });
    await server.allClosed();
  });
});
