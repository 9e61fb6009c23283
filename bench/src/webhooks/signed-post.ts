import { createHmac, randomBytes } from "node:crypto";
import { Agent, request } from "undici";
import { TEXT } from "./tenon-kit.js";

const KEY = randomBytes(24);
const dispatcher = new Agent({ keepAliveTimeout: 60_000, headersTimeout: 15_000, bodyTimeout: 15_000 });

/** What a queue's job holds: as little as a hand-written one would. */
export interface PostJob {
  readonly id: string;
  readonly url: string;
  readonly body: string;
}

/** A job of 1 kB to one of the endpoints in turn. */
export function newPostJob(number: number): PostJob {
  const endpoints = Number(process.env.BENCH_ENDPOINTS ?? 100);
  const timestamp = new Date().toISOString();
  return {
    id: `msg_${randomBytes(12).toString("hex")}`,
    url: `${process.env.BENCH_RECEIVER_URL}/${number % endpoints}`,
    body: JSON.stringify({ type: `to.${number % endpoints}`, timestamp, data: { text: TEXT } }),
  };
}

/** The same signed POST that Tenon makes, by hand: Standard Webhooks over undici. Throws unless the answer is 2xx. */
export async function postSigned({ id, url, body }: PostJob): Promise<number> {
  const timestamp = Math.floor(Date.now() / 1000);
  const signature = createHmac("sha256", KEY).update(`${id}.${timestamp}.${body}`).digest("base64");
  const response = await request(url, {
    method: "POST",
    dispatcher,
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": `v1,${signature}`,
    },
    body,
  });
  await response.body.dump();
  if (response.statusCode >= 300) throw new Error(`the receiver answered ${response.statusCode}`);
  return response.statusCode;
}

/** The one row an attempt is logged with where a contestant logs any. */
export const CREATE_LOG = `CREATE TABLE IF NOT EXISTS attempt_log (
  id bigserial PRIMARY KEY, message_id text NOT NULL, url text NOT NULL, started_at timestamptz NOT NULL,
  duration_ms integer NOT NULL, status integer NOT NULL)`;
export const INSERT_LOG =
  "INSERT INTO attempt_log (message_id, url, started_at, duration_ms, status) VALUES ($1, $2, $3, $4, $5)";
