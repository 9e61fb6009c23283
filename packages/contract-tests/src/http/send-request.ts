import { request } from "node:http";

export interface SentRequest {
  readonly method?: string;
  readonly path: string;
  /** Pairs, so that a header can be sent twice. */
  readonly headers?: readonly (readonly [string, string])[];
  /** One chunk is sent with its length, several are sent chunked. */
  readonly body?: string | Uint8Array | readonly (string | Uint8Array)[];
}

export interface ReceivedReply {
  readonly status: number;
  /** Lowercase names; repeated headers joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends one request on a connection of its own, and reads the whole reply. */
export function sendRequest(
  port: number,
  { method = "GET", path, headers = [], body }: SentRequest,
): Promise<ReceivedReply> {
  return new Promise((resolve, reject) => {
    const chunks = Array.isArray(body) ? body : [];
    const framing = Array.isArray(body)
      ? ["transfer-encoding", "chunked"]
      : body === undefined
        ? []
        : ["content-length", String(Buffer.byteLength(body as string | Uint8Array))];
    const outgoing = request(
      {
        host: "127.0.0.1",
        port,
        method,
        path,
        agent: false,
        headers: ["host", `127.0.0.1:${port}`, ...headers.flat(), ...framing],
      },
      (incoming) => {
        let text = "";
        incoming.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        incoming.once("error", reject).once("end", () => {
          const { statusCode = 0, headersDistinct } = incoming;
          const joined = Object.entries(headersDistinct).map(([name, values = []]) => [
            name,
            values.join(", "),
          ]);
          resolve({ status: statusCode, headers: Object.fromEntries(joined), body: text });
        });
      },
    );
    outgoing.once("error", reject);
    for (const chunk of chunks) outgoing.write(chunk);
    outgoing.end(Array.isArray(body) ? undefined : body);
  });
}
