import { AsyncLocalStorage } from "node:async_hooks";
import type { HttpTransport, Storage } from "@tenon/core/ports";
import type pg from "pg";

/** Told of every moment at which a delivering process can die, as `queue.claim 2 sent`. */
export type OnStep = (step: string) => void;

/** Which call of the queue a statement belongs to, and how many statements came before it in that call. */
const calls = new AsyncLocalStorage<{ readonly name: string; statements: number }>();

const QUEUE_CALLS = ["promote", "claim", "settle"] as const;

/** The storage, with its queue's calls named and told of before they begin and after they end. */
export function tellQueueCalls(storage: Storage, onStep: OnStep): Storage {
  const queue = { ...storage.queue };
  for (const name of QUEUE_CALLS) {
    const call = storage.queue[name] as (request: never) => Promise<never>;
    queue[name] = async (request: never) => {
      onStep(`queue.${name} begins`);
      const result = await calls.run({ name, statements: 0 }, () => call(request));
      onStep(`queue.${name} is done`);
      return result;
    };
  }
  return { ...storage, queue };
}

/** Tells of every statement of those calls: once it is on its way, and once it is answered. */
export function tellStatements(pool: pg.Pool, onStep: OnStep): void {
  pool.on("connect", (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    const told = (...args: unknown[]) => {
      const call = calls.getStore();
      const onAnswer = args.at(-1);
      if (call === undefined || typeof onAnswer !== "function") return query(...args);
      call.statements += 1;
      const statement = `queue.${call.name} statement ${call.statements}`;
      const sent = query(...args.slice(0, -1), (error: unknown, answer: unknown) => {
        if (!error) onStep(`${statement} is answered`);
        onAnswer(error, answer);
      });
      onStep(`${statement} is sent`);
      return sent;
    };
    Object.assign(client, { query: told });
  });
}

/** The transport, told of before a request, once it is under way, and once it is answered. */
export function tellRequests(transport: HttpTransport, onStep: OnStep): HttpTransport {
  return {
    ...transport,
    async request(request) {
      onStep("the request begins");
      const answer = transport.request(request);
      setImmediate(() => onStep("the request is under way"));
      const result = await answer;
      onStep("the request is answered");
      return result;
    },
  };
}
