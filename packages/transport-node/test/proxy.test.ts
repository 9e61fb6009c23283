import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { openTransport, post, TRUSTING } from "./open-transport.js";
import { httpServer, httpsServer, rawServer, scriptedLookup } from "./servers.js";

const PUBLIC = "93.184.216.34";
const { certificateAuthorities = [] } = TRUSTING;
const URL_OF_PARTNER = "https://partner.test/hook";

/** A proxy whose every tunnel ends at `port` on this machine, with what it was asked for. */
async function proxyServer(port: number, refuse: (target: string) => number | undefined = () => undefined) {
  const asked: string[] = [];
  const authorizations: unknown[] = [];
  const sockets: Socket[] = [];
  const server = createServer().on("connect", (request, socket: Socket) => {
    asked.push(request.url ?? "");
    authorizations.push(request.headers["proxy-authorization"]);
    sockets.push(socket.on("error", () => {}));
    const status = refuse(request.url ?? "");
    if (status !== undefined) return socket.end(`HTTP/1.1 ${status} No\r\nx-said: evil-value\r\n\r\n`);
    const upstream = connect({ host: "127.0.0.1", port }, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    sockets.push(upstream.on("error", () => {}));
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { asked, authorizations, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe("through a proxy", () => {
  it("a request asks for the vetted address, with the receiver's own certificate checked", async () => {
    const server = await httpsServer((_request, response) => response.end("ok"));
    const proxy = await proxyServer(server.port);
    const { url } = proxy;
    const config = { certificateAuthorities, proxy: { url, authorization: "Basic c2VjcmV0" } };
    const transport = openTransport(config, scriptedLookup([PUBLIC]));
    for (let count = 0; count < 2; count++) {
      expect(await transport.request(post(URL_OF_PARTNER))).toMatchObject({ ok: true, status: 200 });
    }
    expect(proxy).toMatchObject({ asked: [`${PUBLIC}:443`], authorizations: ["Basic c2VjcmV0"] });
    expect(server.connections).toHaveLength(1);
    const distrusting = openTransport({ proxy: { url } }, scriptedLookup([PUBLIC]));
    expect(await distrusting.request(post(URL_OF_PARTNER))).toMatchObject({ failure: "tls" });
  });

  it("the name goes to the proxy where that is asked for, and nobody is asked here", async () => {
    const server = await httpsServer((_request, response) => response.end("ok"));
    const proxy = await proxyServer(server.port);
    const { lookup, asked } = scriptedLookup(["10.0.0.1"]);
    const config = { certificateAuthorities, proxy: { url: proxy.url, resolves: "proxy" } } as const;
    expect(await openTransport(config, { lookup }).request(post(URL_OF_PARTNER))).toMatchObject({ ok: true });
    expect([proxy.asked, asked]).toEqual([["partner.test:443"], []]);
  });

  it("the next vetted address is asked for when the first is refused; IPv6 in brackets", async () => {
    const server = await httpsServer((_request, response) => response.end("ok"));
    const proxy = await proxyServer(server.port, (target) => (target.startsWith("[") ? 502 : undefined));
    const config = { certificateAuthorities, proxy: { url: proxy.url } };
    const transport = openTransport(config, scriptedLookup(["2606:4700::1111", PUBLIC]));
    expect(await transport.request(post(URL_OF_PARTNER))).toMatchObject({ ok: true });
    expect(proxy.asked).toEqual(["[2606:4700::1111]:443", `${PUBLIC}:443`]);
  });

  it.each(["here", "proxy"] as const)(
    "URLs and, resolved here, names are vetted as ever: %s",
    async (resolves) => {
      const proxy = await proxyServer(1);
      const transport = openTransport({ proxy: { url: proxy.url, resolves } }, scriptedLookup(["10.0.0.1"]));
      for (const url of [
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "http://example.com/",
        "https://localhost/",
      ]) {
        expect(await transport.request(post(url))).toMatchObject({ failure: "blocked" });
      }
      if (resolves === "here") {
        expect(await transport.request(post(URL_OF_PARTNER))).toMatchObject({ failure: "blocked" });
      }
      expect(proxy.asked).toEqual([]);
    },
  );

  it("loopback is still reached directly: at the other end it would be the proxy's own", async () => {
    const server = await httpServer((_request, response) => response.end("ok"));
    const proxy = await proxyServer(server.port);
    const config = { ...TRUSTING, proxy: { url: proxy.url } };
    const direct = openTransport(config, scriptedLookup(["127.0.0.1"]));
    expect(await direct.request(post(`http://localhost:${server.port}/`))).toMatchObject({ ok: true });
    expect(await direct.request(post(URL_OF_PARTNER))).toMatchObject({ failure: "blocked" });
    expect(proxy.asked).toEqual([]);
  });
});

describe("a proxy", () => {
  it.each([403, 407, 502])(
    "that answers %d is a connect failure that repeats nothing it said",
    async (status) => {
      const proxy = await proxyServer(1, () => status);
      const transport = openTransport({ proxy: { url: proxy.url } }, scriptedLookup([PUBLIC]));
      expect(await transport.request(post(URL_OF_PARTNER))).toEqual({
        ok: false,
        failure: "connect",
        message: `the proxy opened no tunnel (status ${status})`,
      });
    },
  );

  it.each([
    ["speaks something else", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["speaks before the receiver could", "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"],
    ["sends a header that never ends", `HTTP/1.1 200 OK\r\nx-long: ${"a".repeat(40_000)}`],
  ])("that %s is a connect failure, and its connection is closed", async (_name, bytes) => {
    const server = await rawServer((socket) => socket.write(bytes));
    const proxy = { url: `http://127.0.0.1:${server.port}` };
    const result = await openTransport({ proxy }, scriptedLookup([PUBLIC])).request(post(URL_OF_PARTNER));
    expect(result).toMatchObject({ ok: false, failure: "connect" });
    await server.allClosed();
  });

  it("that never answers ends with the time limit, and its connection is closed", async () => {
    const server = await rawServer();
    const proxy = { url: `http://127.0.0.1:${server.port}`, authorization: "Basic c2VjcmV0" };
    const transport = openTransport({ proxy }, scriptedLookup([PUBLIC]));
    const result = await transport.request(post(URL_OF_PARTNER, { timeoutMs: 500 }));
    expect(result).toMatchObject({ ok: false, failure: "timeout" });
    expect(JSON.stringify(result)).not.toMatch(/c2VjcmV0|127\.0\.0\.1/);
    await server.allClosed();
  });

  it("that isn't there is a connect failure", async () => {
    const transport = openTransport({ proxy: { url: "http://127.0.0.1:1" } }, scriptedLookup([PUBLIC]));
    expect(await transport.request(post(URL_OF_PARTNER))).toMatchObject({
      failure: "connect",
      message: "the proxy could not be reached (ECONNREFUSED)",
    });
  });
});
