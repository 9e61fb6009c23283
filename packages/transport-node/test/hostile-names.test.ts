import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { LOOPBACK, openTransport, post, TRUSTING } from "./open-transport.js";
import { httpServer, httpsServer, rawServer, scriptedLookup } from "./servers.js";

const PUBLIC = "93.184.216.34";

describe("a name", () => {
  it("that has no address, or can't be resolved, is a dns failure", async () => {
    const empty = openTransport({}, scriptedLookup([]));
    expect(await empty.request(post("https://partner.test/"))).toMatchObject({ ok: false, failure: "dns" });
    const missing = openTransport(
      {},
      {
        lookup: () => Promise.reject(Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" })),
      },
    );
    expect(await missing.request(post("https://partner.test/"))).toEqual({
      ok: false,
      failure: "dns",
      message: "partner.test could not be resolved (ENOTFOUND)",
    });
  });

  it("is asked for once per connection: the first answer is pinned, a second one is vetted anew", async () => {
    const server = await httpsServer((_request, response) => {
      response.writeHead(200, { connection: "close" }).end("ok");
    });
    const { lookup, asked } = scriptedLookup(["127.0.0.1"], ["10.0.0.1"]);
    const transport = openTransport(TRUSTING, { lookup });
    const request = post(`https://partner.test:${server.port}/`);
    expect(await transport.request(request)).toMatchObject({ ok: true, status: 200 });
    expect(asked).toEqual(["partner.test"]);
    await server.allClosed();
    expect(await transport.request(request)).toMatchObject({ ok: false, failure: "blocked" });
    expect(server.connections).toHaveLength(1);
  });

  it("keeps its vetted connection while that lives, whatever it would resolve to now", async () => {
    const server = await httpsServer((_request, response) => response.end("ok"));
    const { lookup, asked } = scriptedLookup(["127.0.0.1"], ["10.0.0.1"]);
    const transport = openTransport(TRUSTING, { lookup });
    for (let count = 0; count < 2; count++) {
      expect(await transport.request(post(`https://partner.test:${server.port}/`))).toMatchObject({
        ok: true,
      });
    }
    expect(asked).toHaveLength(1);
  });

  it("tries the next vetted address when the first one refuses", async () => {
    const server = await httpsServer((_request, response) => response.end("ok"));
    const { lookup } = scriptedLookup(["127.0.0.2", "127.0.0.1"]);
    const transport = openTransport(TRUSTING, { lookup });
    expect(await transport.request(post(`https://partner.test:${server.port}/`))).toMatchObject({ ok: true });
  });

  it("of localhost is never looked up", async () => {
    const server = await httpServer((_request, response) => response.end("ok"));
    const { lookup, asked } = scriptedLookup([PUBLIC]);
    const transport = openTransport(LOOPBACK, { lookup });
    for (const host of ["localhost", "api.localhost"]) {
      expect(await transport.request(post(`http://${host}:${server.port}/`))).toMatchObject({ ok: true });
    }
    expect(asked).toEqual([]);
  });
});

describe("a connected socket", () => {
  it("that ended up at a refused address is destroyed before a byte is sent", async () => {
    const server = await rawServer();
    const { lookup } = scriptedLookup([PUBLIC]);
    // A route or a proxy on the way that leads inside although the address was public.
    const dial = () => connect({ host: "127.0.0.1", port: server.port });
    const result = await openTransport({}, { lookup, dial }).request(post("https://partner.test/"));
    expect(result).toEqual({
      ok: false,
      failure: "blocked",
      message: "partner.test connected to a refused address (loopback)",
    });
    await server.allClosed();
    expect(server.connections.map(({ received }) => received())).toEqual([""]);
  });
});
