import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request that arrived. */
export interface Arrival {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a request is answered: a status, or silence until the sender gives up. */
export type Answer = number | "never";

/** A partner's receiver, on loopback. */
export interface Sink {
  readonly url: string;
  readonly arrivals: readonly Arrival[];
  /** Answers the next requests, in order, and all others with the last of these. Until then: 204. */
  answer(...answers: readonly [Answer, ...Answer[]]): void;
  /** Resolves with the nth arrival, 1 for the first, as soon as there is one. */
  nth(number: number): Promise<Arrival>;
  close(): Promise<void>;
}

/** Starts a receiver that keeps what it gets. */
export async function startSink(): Promise<Sink> {
  const arrivals: Arrival[] = [];
  const waiting = new Set<() => void>();
  let answers: readonly Answer[] = [204];

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const [answer = 204, ...others] = answers;
    if (others.length > 0) answers = others;
    reply(response, answer);
    arrivals.push({
      method: request.method ?? "",
      path: request.url ?? "",
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    });
    for (const look of waiting) look();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`,
    arrivals,
    answer(...next) {
      answers = next;
    },
    nth: (number) =>
      new Promise((resolve) => {
        function look(): void {
          const arrival = arrivals[number - 1];
          if (arrival === undefined) return;
          waiting.delete(look);
          resolve(arrival);
        }
        waiting.add(look);
        look();
      }),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function reply(response: ServerResponse, answer: Answer): void {
  if (answer === "never") return;
  response.statusCode = answer;
  response.end();
}
