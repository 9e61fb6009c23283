import { connect, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import table from "./fixtures/addresses.json" with { type: "json" };
import { openTransport, post, TRUSTING } from "./open-transport.js";
import { httpsServer, scriptedLookup, type TestServer } from "./servers.js";

/** One row: a URL, what its name leads to at each question, and how it goes on from there. */
interface Row {
  readonly url: string;
  /** What the resolver answers, question after question. Without it the URL is judged by its text alone. */
  readonly answers?: readonly (readonly string[])[];
  /** Where the connected socket turns out to be. */
  readonly connectsTo?: string;
  /** Where the receiver wants the request to go instead. */
  readonly redirectsTo?: string;
  /** A part of the reason or message; refused rows only. */
  readonly reason?: string;
}

const refused: readonly (Row & { readonly reason: string })[] = table.refused;
const allowed: readonly Row[] = table.allowed;
const { certificateAuthorities = [] } = TRUSTING;

/** A transport as in production, whose connections end up at `server` but look as if they were where they claim. */
function openInto(server: TestServer | undefined, row: Row) {
  const { lookup, asked } = scriptedLookup(...(row.answers ?? []));
  const dialled: unknown[] = [];
  const dial = (): Socket => {
    dialled.push(row.url);
    const socket = connect({ host: "127.0.0.1", port: server?.port ?? 1 });
    const remoteAddress = row.connectsTo ?? row.answers?.[0]?.[0];
    return Object.defineProperty(socket, "remoteAddress", { get: () => remoteAddress });
  };
  return { transport: openTransport({ certificateAuthorities }, { lookup, dial }), asked, dialled };
}

const receiver = () =>
  httpsServer((_request, response) => response.writeHead(200, { connection: "close" }).end());

it("has at least 150 hostile rows and 30 good ones, all different", () => {
  expect(refused.length).toBeGreaterThanOrEqual(150);
  expect(allowed.length).toBeGreaterThanOrEqual(30);
  const rows = [...refused, ...allowed].map(({ reason: _reason, ...row }) => JSON.stringify(row));
  expect(new Set(rows).size).toBe(rows.length);
});

describe("refused by its text, without a question to the resolver", () => {
  it.each(refused.filter(({ answers }) => answers === undefined))("$url: $reason", async (row) => {
    const { transport, asked, dialled } = openInto(undefined, row);
    const verdict = transport.check(row.url);
    expect(verdict).toEqual({ ok: false, reason: expect.stringContaining(row.reason) });
    expect(await transport.request(post(row.url))).toEqual({
      ok: false,
      failure: "blocked",
      message: verdict.ok ? "" : verdict.reason,
    });
    expect([asked, dialled]).toEqual([[], []]);
  });
});

describe("refused by what its name leads to, before anything is dialled", () => {
  const rows = refused.filter(({ answers, connectsTo }) => answers?.length === 1 && connectsTo === undefined);
  it.each(rows.filter(({ redirectsTo }) => redirectsTo === undefined))("$answers.0: $reason", async (row) => {
    const { transport, dialled } = openInto(undefined, row);
    expect(transport.check(row.url)).toEqual({ ok: true });
    expect(await transport.request(post(row.url))).toEqual({
      ok: false,
      failure: "blocked",
      message: `partner.test leads to a refused address (${row.reason})`,
    });
    expect(dialled).toEqual([]);
  });
});

describe("refused when its name leads elsewhere the second time", () => {
  it.each(refused.filter(({ answers }) => answers?.length === 2))("$answers.1: $reason", async (row) => {
    const server = await receiver();
    const { transport, dialled } = openInto(server, row);
    expect(await transport.request(post(row.url))).toMatchObject({ ok: true, status: 200 });
    await server.allClosed();
    expect(await transport.request(post(row.url))).toMatchObject({
      ok: false,
      failure: "blocked",
      message: expect.stringContaining(`(${row.reason})`),
    });
    expect(dialled).toHaveLength(1);
  });
});

describe("refused when the connected socket is somewhere else", () => {
  it.each(refused.filter(({ connectsTo }) => connectsTo !== undefined))(
    "$connectsTo: $reason",
    async (row) => {
      const server = await receiver();
      const { transport } = openInto(server, row);
      expect(await transport.request(post(row.url))).toEqual({
        ok: false,
        failure: "blocked",
        message: `partner.test connected to a refused address (${row.reason})`,
      });
      await server.allClosed();
      expect(server.connections.map(({ received }) => received()).join("")).toBe("");
    },
  );
});

describe("a redirect that is not followed, to a place that would be refused", () => {
  it.each(refused.filter(({ redirectsTo }) => redirectsTo !== undefined))(
    "$redirectsTo: $reason",
    async (row) => {
      const { redirectsTo = "" } = row;
      const server = await httpsServer((_request, response) => {
        response.writeHead(302, { location: redirectsTo }).end();
      });
      const { transport, asked, dialled } = openInto(server, row);
      const result = await transport.request(post(row.url));
      expect(result).toMatchObject({ ok: true, status: 302, headers: { location: redirectsTo } });
      expect([asked.length, dialled.length]).toEqual([1, 1]);
      expect(transport.check(redirectsTo)).toEqual({
        ok: false,
        reason: expect.stringContaining(row.reason),
      });
    },
  );
});

describe("allowed", () => {
  it.each(allowed.filter(({ answers }) => answers === undefined))("$url", ({ url }) => {
    expect(openTransport({}).check(url)).toEqual({ ok: true });
  });

  it.each(allowed.filter(({ answers }) => answers !== undefined))("$url at $answers.0", async (row) => {
    const { transport } = openInto(await receiver(), row);
    expect(await transport.request(post(row.url))).toMatchObject({ ok: true, status: 200 });
  });
});

it("development.loopback opens, among the rows refused by their text, exactly those that are loopback", () => {
  const transport = openTransport({ development: { loopback: true } });
  for (const { url, answers, reason } of refused) {
    if (answers !== undefined) continue;
    const opens = (reason === "loopback" || url === "http://127.0.0.1/") && !url.includes("localhost.");
    expect([url, transport.check(url).ok]).toEqual([url, opens]);
  }
});
