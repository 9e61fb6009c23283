import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What arrived since the last reset. Latencies are in milliseconds, smallest first. */
export interface ReceiverReport {
  readonly count: number;
  readonly latenciesMs: readonly number[];
}

const SENT_AT = /"sentAtMs":(\d+(?:\.\d+)?)/;

// A partner in a process of its own: reads each request to its end and answers 204, but never at `/hang`. Bodies that
// tell when they were sent are timed.
let count = 0;
let latenciesMs: number[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    if (request.url?.startsWith("/hang")) return;
    count += 1;
    const sentAtMs = SENT_AT.exec(Buffer.concat(chunks).toString("latin1"))?.[1];
    if (sentAtMs !== undefined) latenciesMs.push(Math.max(0, now() - Number(sentAtMs)));
    response.writeHead(204).end();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
process.on("message", () => {
  process.send?.({ count, latenciesMs: latenciesMs.sort((a, b) => a - b) } satisfies ReceiverReport);
  count = 0;
  latenciesMs = [];
});
process.on("disconnect", () => process.exit());

function now(): number {
  return performance.timeOrigin + performance.now();
}
