import { randomBytes } from "node:crypto";
import { serveSlices } from "../measure/serve-slices.js";

export const SECRET_BYTES = randomBytes(24);
export const SECRET = `whsec_${SECRET_BYTES.toString("base64")}`;

/** Signs a body, verifies what came of it, and returns the parsed event. */
export type SignAndVerify = (id: string, body: string) => unknown;

/** The contestant's side: a body of `BENCH_BYTES` bytes is signed and verified over and over. */
export function serveSigning(signAndVerify: SignAndVerify): Promise<void> {
  const bytes = Number(process.env.BENCH_BYTES);
  const shell = JSON.stringify({ type: "post.published", data: { text: "" } });
  const body = JSON.stringify({ type: "post.published", data: { text: "x".repeat(bytes - shell.length) } });
  let number = 0;
  return serveSlices(async () => ({
    callsPerLook: bytes > 5000 ? 8 : 32,
    async call() {
      const event = (await signAndVerify(`msg_${number++}`, body)) as { readonly type: string };
      if (event.type !== "post.published") throw new Error("the event is another one");
    },
  }));
}
