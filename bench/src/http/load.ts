import { Client, type Dispatcher } from "undici";
import { startChild } from "../measure/child.js";
import type { Slice } from "../measure/slice.js";
import type { ServerGreeting } from "./serve-http.js";

const CONNECTIONS = 16;

export interface LoadedSlice extends Slice {
  /** 99 of 100 requests were answered within this. */
  readonly p99Ms: number;
}

/** A server in a process of its own, and the connections of this one to it. */
export interface LoadedServer {
  run(sliceMs: number): Promise<LoadedSlice>;
  /** The names of the headers of one reply, for seeing that all servers write the same. */
  headerNames(): Promise<readonly string[]>;
  /** The body of one reply. */
  read(path: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** What is sent, again and again. */
export interface LoadRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const WITH_KEY: LoadRequest = { method: "GET", path: "/posts" };

/** Starts a server. Load comes from this process, over loopback: each connection sends its next request on a reply. */
export async function startServer(
  name: string,
  {
    env = {},
    nodeFlags = [],
    request: { headers, ...target } = WITH_KEY,
  }: {
    readonly env?: Readonly<Record<string, string>>;
    readonly nodeFlags?: readonly string[];
    readonly request?: LoadRequest;
  } = {},
): Promise<LoadedServer> {
  const child = await startChild(name, { env, execArgv: nodeFlags });
  const { port, keys } = child.greeting as ServerGreeting;
  const clients = Array.from({ length: CONNECTIONS }, () => new Client(`http://127.0.0.1:${port}`));
  const cpuMs = async () => ((await child.ask({})) as { readonly cpuMs: number }).cpuMs;
  let turn = 0;

  async function request(client: Client): Promise<readonly string[]> {
    const key = keys.length === 0 ? {} : { authorization: `Bearer ${keys[turn++ % keys.length]}` };
    const reply = await send(client, { ...target, headers: { ...headers, ...key } });
    if (reply.statusCode >= 300) throw new Error(`${name} answered ${reply.statusCode}`);
    return reply.headerNames;
  }

  return {
    async run(sliceMs) {
      const latencies: number[] = [];
      const cpuBefore = await cpuMs();
      const startedAt = performance.now();
      const lane = async (client: Client) => {
        for (let now = performance.now(); now - startedAt < sliceMs; ) {
          await request(client);
          const answeredAt = performance.now();
          latencies.push(answeredAt - now);
          now = answeredAt;
        }
      };
      await Promise.all(clients.map(lane));
      const wallMs = performance.now() - startedAt;
      latencies.sort((a, b) => a - b);
      const p99Ms = latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN;
      return { calls: latencies.length, wallMs, cpuMs: (await cpuMs()) - cpuBefore, p99Ms };
    },
    headerNames: async () => {
      const [client] = clients;
      return client === undefined ? [] : request(client);
    },
    async read(path) {
      const [client] = clients;
      if (client === undefined) return undefined;
      const reply = await client.request({ path, method: "GET" });
      if (reply.statusCode !== 200) throw new Error(`${name} answered ${reply.statusCode}`);
      return reply.body.json();
    },
    stop: async () => {
      await Promise.all(clients.map((client) => client.close()));
      await child.stop();
    },
  };
}

interface Reply {
  readonly statusCode: number;
  readonly headerNames: readonly string[];
}

/**
 * Sends a request and drops the body of the reply. Without the stream that `client.request` makes of it, which kept this
 * process nearly as busy as a server: on two processors, part of what was measured was the two in each other's way.
 */
function send(client: Client, request: Dispatcher.DispatchOptions): Promise<Reply> {
  return new Promise((resolve, reject) => {
    let reply: Reply;
    client.dispatch(request, {
      // Without it, undici takes this for a handler of its older kind.
      onRequestStart() {},
      onResponseStart(_controller, statusCode, headers) {
        reply = { statusCode, headerNames: Object.keys(headers) };
      },
      onResponseEnd: () => resolve(reply),
      onResponseError: (_controller, error) => reject(error),
    });
  });
}
