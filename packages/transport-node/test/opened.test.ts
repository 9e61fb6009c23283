import { connect, type TcpNetConnectOpts } from "node:net";
import { describe, expect, it } from "vitest";
import { openTransport, post, TRUSTING } from "./open-transport.js";
import { httpsServer, scriptedLookup } from "./servers.js";

const { certificateAuthorities = [] } = TRUSTING;

/** Connections end up at a server on this machine, and look as if they were at `address`. */
function dialInto(port: number, address: string) {
  return (_options: TcpNetConnectOpts) =>
    Object.defineProperty(connect({ host: "127.0.0.1", port }), "remoteAddress", { get: () => address });
}

describe("privateRanges", () => {
  const config = { certificateAuthorities, privateRanges: ["10.20.0.0/16", "100.64.0.0/10", "fd00::/8"] };

  it.each(["10.20.0.1", "::ffff:10.20.255.255", "100.64.0.1", "fd12::1"])(
    "opens a name at %s, on the connected socket too",
    async (address) => {
      const server = await httpsServer((_request, response) => response.end("ok"));
      const effects = { ...scriptedLookup([address]), dial: dialInto(server.port, address) };
      const result = await openTransport(config, effects).request(post("https://partner.test/"));
      expect(result).toMatchObject({ ok: true, status: 200 });
    },
  );

  it.each(["https://10.20.0.1/", "https://169082881/", "https://[::ffff:10.20.0.1]/", "https://[fd12::1]/"])(
    "opens the literal %s",
    (url) => expect(openTransport(config).check(url)).toEqual({ ok: true }),
  );

  it.each([
    "https://10.21.0.1/",
    "https://192.168.0.1/",
    "https://100.100.100.200/",
    "https://[fd00:ec2::254]/",
    "https://169.254.169.254/",
    "https://127.0.0.1/",
    "https://[64:ff9b::a14:1]/",
    "https://[2002:a14:1::1]/",
    "https://[::10.20.0.1]/",
    "http://10.20.0.1/",
    "https://10.20.0.1:22/",
  ])("still refuses %s", (url) => expect(openTransport(config).check(url).ok).toBe(false));

  it.each([
    [["10.20.0.1", "10.21.0.1"], "10.20.0.1", "private network"],
    [["100.100.100.200"], "100.64.0.1", "cloud metadata"],
    [["10.20.0.1"], "10.21.0.1", "private network"],
    [["10.20.0.1"], "169.254.169.254", "link-local"],
  ])("still blocks a name at %s connected to %s", async (answers, address, what) => {
    const server = await httpsServer((_request, response) => response.end());
    const effects = { ...scriptedLookup(answers), dial: dialInto(server.port, address) };
    expect(await openTransport(config, effects).request(post("https://partner.test/"))).toMatchObject({
      failure: "blocked",
      message: expect.stringContaining(`(${what})`),
    });
  });
});

describe("ports", () => {
  it("are those of the list, with the default port of https among them only when it is named", () => {
    const transport = openTransport({ ports: [8443, [9000, 9010]], development: { loopback: true } });
    for (const url of ["https://example.com:8443/", "https://example.com:9010/", "http://localhost:22/"]) {
      expect(transport.check(url)).toEqual({ ok: true });
    }
    for (const [port, url] of [
      [443, "https://example.com/"],
      [9011, "https://example.com:9011/"],
    ]) {
      expect(transport.check(`${url}`)).toEqual({
        ok: false,
        reason: `port ${port} is not allowed: use 8443 or 9000 to 9010`,
      });
    }
  });
});
