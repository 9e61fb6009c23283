import { describe, expect, it } from "vitest";
import { createDnsLookup } from "../src/connect/lookup-names.js";
import { dnsServer } from "./dns-server.js";
import { openTransport, post, TRUSTING } from "./open-transport.js";
import { httpsServer } from "./servers.js";

const addresses = (...texts: string[]) => texts.map((address) => ({ address }));

describe("names asked of a name server", () => {
  it("give every address of both families", async () => {
    const lookup = createDnsLookup([
      await dnsServer({
        "both.test": ["93.184.216.34", "93.184.216.35", "2606:2800:220:1::1"],
        "six.test": ["2606:2800:220:1::1"],
        "empty.test": [],
      }),
    ]);
    expect(await lookup("both.test")).toEqual(
      addresses("93.184.216.34", "93.184.216.35", "2606:2800:220:1::1"),
    );
    expect(await lookup("six.test")).toEqual(addresses("2606:2800:220:1::1"));
    await expect(lookup("empty.test")).rejects.toMatchObject({ code: "ENODATA" });
    await expect(lookup("missing.test")).rejects.toMatchObject({ code: "ENOTFOUND" });
  });

  it("reach a receiver, and a name that leads inside is blocked", async () => {
    const receiver = await httpsServer((_request, response) => response.end("ok"));
    const server = await dnsServer({
      "partner.test": ["127.0.0.1"],
      "inside.test": ["93.184.216.34", "fd12::1"],
    });
    const transport = openTransport(TRUSTING, { lookup: createDnsLookup([server]) });
    expect(await transport.request(post(`https://partner.test:${receiver.port}/`))).toMatchObject({
      ok: true,
      status: 200,
    });
    expect(await transport.request(post("https://inside.test/"))).toEqual({
      ok: false,
      failure: "blocked",
      message: "inside.test leads to a refused address (private network)",
    });
    expect(await transport.request(post("https://missing.test/"))).toEqual({
      ok: false,
      failure: "dns",
      message: "missing.test could not be resolved (ENOTFOUND)",
    });
  });

  it("whose server never answers hold up nobody else, however many they are", async () => {
    const silent = Array.from({ length: 100 }, (_, index) => `silent${index}.test`);
    const server = await dnsServer({ "partner.test": ["127.0.0.1"] }, silent);
    const receiver = await httpsServer((_request, response) => response.end("ok"));
    const transport = openTransport(TRUSTING, { lookup: createDnsLookup([server]) });
    const stuck = silent.map((name) => transport.request(post(`https://${name}/`)));
    expect(await transport.request(post(`https://partner.test:${receiver.port}/`))).toMatchObject({
      ok: true,
    });
    await transport.close();
    for (const result of await Promise.all(stuck)) expect(result).toMatchObject({ failure: "aborted" });
  });
});
