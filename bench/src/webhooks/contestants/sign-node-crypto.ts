import { createHmac, timingSafeEqual } from "node:crypto";
import { SECRET_BYTES, serveSigning } from "../serve-signing.js";

const TOLERANCE_SECONDS = 300;

await serveSigning((id, body) => {
  const headers = sign(id, body, Math.floor(Date.now() / 1000));
  return verify(body, headers);
});

function sign(id: string, body: string, timestamp: number) {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": `v1,${mac(id, String(timestamp), body).toString("base64")}`,
  };
}

function verify(body: string, headers: ReturnType<typeof sign>): unknown {
  const timestamp = headers["webhook-timestamp"];
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > TOLERANCE_SECONDS) throw new Error("too old");
  const given = Buffer.from(headers["webhook-signature"].slice(3), "base64");
  const expected = mac(headers["webhook-id"], timestamp, body);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new Error("forged");
  return JSON.parse(body);
}

function mac(id: string, timestamp: string, body: string): Buffer {
  return createHmac("sha256", SECRET_BYTES).update(`${id}.${timestamp}.${body}`).digest();
}
