import { type EventEmitter, once } from "node:events";

/** What is needed of a server: Express's and Hono's are Node's. */
interface Server extends EventEmitter {
  readonly listening: boolean;
  address(): unknown;
}

/** What a server's process says when it is ready. */
export interface ServerGreeting {
  readonly port: number;
  readonly keys: readonly string[];
}

/** The server's side: tells its port and the keys it knows, and answers each message with the CPU time it has used. */
export async function serveHttp(server: Server, keys: readonly string[]): Promise<void> {
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMs: (user + system) / 1000 });
  });
  process.on("disconnect", () => process.exit());
  if (!server.listening) await once(server, "listening");
  const { port } = server.address() as { readonly port: number };
  process.send?.({ port, keys } satisfies ServerGreeting);
}
