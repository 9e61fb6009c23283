import assert from "node:assert/strict";
import { expectProblem } from "./expect-problem.js";
import type { HttpCases } from "./http-contract.js";
import { event, serveReceiver } from "./webhook-cases.js";

export const webhookBodyCases: HttpCases = () => ({
  "the body is verified byte for byte": async (bench) => {
    const { send, received } = await serveReceiver(bench);
    const spaced = '{ "type":  "post.published",\n\t"data": {"n": 1.0, "text": "\\u00fc"} }\n';
    assert.equal((await send(event({ body: spaced }))).status, 204);
    assert.deepEqual(received[0]?.event, JSON.parse(spaced));
    assert.equal(
      (await send({ ...event({ body: spaced }), body: JSON.stringify(JSON.parse(spaced)) })).status,
      401,
    );
  },

  "a body that comes in chunks is put together": async (bench) => {
    const { send } = await serveReceiver(bench);
    const whole = event();
    const chunks = [...Buffer.from(whole.body)].map((byte) => Uint8Array.of(byte));
    assert.equal((await send({ ...whole, body: chunks })).status, 204);
  },

  "with a JSON parser in front, the bytes are still known, or the reply says how to mount the receiver":
    async (bench) => {
      const { send, received } = await serveReceiver(bench, {}, { parsesJsonFirst: true });
      const reply = await send(event());
      if (reply.status === 204) {
        assert.equal(received.length, 1);
        return;
      }
      const { detail } = expectProblem(reply, 500, "RAW_BODY_REQUIRED");
      assert.match(String(detail), /webhookReceiver/);
      assert.deepEqual(received, []);
    },

  "with a JSON parser in front, two bodies that differ only where they aren't UTF-8 never pass as one":
    async (bench) => {
      const { send, received } = await serveReceiver(bench, {}, { parsesJsonFirst: true });
      const withByte = (...bytes: readonly number[]) =>
        Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')]);
      // U+FFFD, which a decoder also writes in place of a byte that isn't UTF-8.
      const signed = event({ body: withByte(0xef, 0xbf, 0xbd) });
      const reply = await send({ ...signed, body: withByte(0xff) });
      assert.notEqual(reply.status, 204);
      assert.deepEqual(received, []);
    },

  "a body of exactly the limit passes; one byte more is answered 413": async (bench) => {
    const small = event();
    const { send, received } = await serveReceiver(bench, { maxBodyBytes: Buffer.byteLength(small.body) });
    assert.equal((await send(small)).status, 204);
    const larger = Buffer.concat([Buffer.from(small.body), Buffer.from(" ")]);
    for (const body of [larger, [larger]])
      expectProblem(await send({ ...event({ body: larger }), body }), 413, "PAYLOAD_TOO_LARGE");
    assert.equal((await send(small)).status, 204);
    assert.equal(received.length, 2);
  },

  "a body far over the limit is answered 413 without being kept, whether or not it tells its length": async (
    bench,
  ) => {
    const { send, received } = await serveReceiver(bench);
    const megabyte = Buffer.alloc(1024 * 1024, "x");
    const body = Buffer.concat(Array.from({ length: 4 }, () => megabyte));
    for (const sent of [body, [megabyte, megabyte, megabyte, megabyte]]) {
      expectProblem(await send({ ...event(), body: sent }), 413, "PAYLOAD_TOO_LARGE");
    }
    assert.equal((await send(event())).status, 204);
    assert.equal(received.length, 1);
  },
});
