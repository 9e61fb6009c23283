import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A partner that answers 204, and remembers what came. */
export interface Receiver {
  readonly url: string;
  /** The path and `webhook-id` of every request, in order, repeats included. */
  readonly arrivals: readonly string[];
  close(): void;
}

export async function startReceiver(): Promise<Receiver> {
  const arrivals: string[] = [];
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      arrivals.push(`${request.url} ${request.headers["webhook-id"]}`);
      response.writeHead(204).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
