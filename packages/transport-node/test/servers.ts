import { readFileSync } from "node:fs";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { LookupAll } from "../src/connect/lookup-names.js";

const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8");

/** Self-signed, for `localhost` and `partner.test`; good for a hundred years, and trusted by nobody else. */
export const certificate = fixture("localhost.cert.pem");

export interface TestServer {
  readonly port: number;
  /** Every connection accepted so far, with what was read from it. */
  readonly connections: readonly { readonly socket: Socket; readonly received: () => string }[];
  /** Resolves when no connection is open any more. */
  allClosed(): Promise<void>;
}

export function httpServer(listener: RequestListener): Promise<TestServer> {
  return listen(createHttpServer(listener));
}

export function httpsServer(listener: RequestListener): Promise<TestServer> {
  return listen(createHttpsServer({ cert: certificate, key: fixture("localhost.key.pem") }, listener));
}

/** Speaks whatever `onData` writes; called once, when the first bytes of a request arrive. */
export function rawServer(onData: (socket: Socket) => void = () => {}): Promise<TestServer> {
  return listen(createTcpServer((socket) => socket.once("data", () => onData(socket))));
}

async function listen(server: Server): Promise<TestServer> {
  const connections: { socket: Socket; received: () => string }[] = [];
  server.on("connection", (socket: Socket) => {
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk)).on("error", () => {});
    connections.push({ socket, received: () => Buffer.concat(chunks).toString("latin1") });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const { socket } of connections) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    async allClosed() {
      const open = connections.filter(({ socket }) => !socket.closed);
      await Promise.all(open.map(({ socket }) => new Promise((resolve) => socket.once("close", resolve))));
    },
  };
}

/** A resolver that gives one list of addresses after the other, then the last one for ever, and counts. */
export function scriptedLookup(...answers: readonly (readonly string[])[]) {
  const asked: string[] = [];
  const lookup: LookupAll = async (hostname) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(hostname);
    return answer.map((address) => ({ address }));
  };
  return { lookup, asked };
}
