import { describe, expect, test } from "vitest";
import { mergeReplyHeaders } from "./reply-headers.js";

const merge = (existing: Readonly<Record<string, string>>, added: Readonly<Record<string, string>>) =>
  mergeReplyHeaders((name) => existing[name], added);

describe("joining reply headers", () => {
  test("what the host exposes to browsers is kept, and nothing is named twice", () => {
    const exposed = merge(
      { "access-control-expose-headers": "X-Trace, retry-after" },
      { "Access-Control-Expose-Headers": "RateLimit, Retry-After" },
    );
    expect(exposed).toEqual({ "Access-Control-Expose-Headers": "X-Trace, retry-after, RateLimit" });
    expect(merge({}, { "Access-Control-Expose-Headers": "RateLimit" })).toEqual({
      "Access-Control-Expose-Headers": "RateLimit",
    });
  });

  test("the limits of two middlewares stand side by side", () => {
    const merged = merge({ ratelimit: '"a";r=1;t=9' }, { RateLimit: '"b";r=2;t=9' });
    expect(merged).toEqual({ RateLimit: '"a";r=1;t=9, "b";r=2;t=9' });
  });

  test("a limit that two middlewares name stands there once, as the tighter state has it", () => {
    const [looked, charged] = ['"hour";r=10;t=9', '"hour";r=6;t=9'];
    const beside = '"day";r=3;t=9';
    for (const [first, second] of [
      [looked, charged],
      [charged, looked],
    ]) {
      const merged = merge({ ratelimit: `${first}, ${beside}` }, { RateLimit: second ?? "" });
      expect(merged).toEqual({ RateLimit: `${charged}, ${beside}` });
    }
  });

  test("the limit with less remaining is shown, whichever came first", () => {
    const loose = { "X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "50", "X-RateLimit-Reset": "7" };
    const tight = { "X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "4", "X-RateLimit-Reset": "9" };
    const lowercase = (headers: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    expect(merge(lowercase(loose), tight)).toEqual(tight);
    expect(merge(lowercase(tight), loose)).toEqual({});
  });

  test("the limit that refused the call is shown, whatever the others have left", () => {
    const refused = { "X-RateLimit-Remaining": "3", "Retry-After": "10" };
    expect(merge({ "x-ratelimit-remaining": "1" }, refused)).toEqual(refused);
    expect(
      merge({ "x-ratelimit-remaining": "3", "retry-after": "10" }, { "X-RateLimit-Remaining": "1" }),
    ).toEqual({});
  });

  test("a framework isn't asked for its reply's headers where none could be joined", () => {
    const ask = () => {
      throw new Error("asked");
    };
    const added = { "Cache-Control": "no-store", Location: "/posts/1" };
    expect(mergeReplyHeaders(ask, added)).toEqual(added);
  });

  test("any other header is set", () => {
    expect(merge({ "content-type": "text/html" }, { "content-type": "application/problem+json" })).toEqual({
      "content-type": "application/problem+json",
    });
  });
});
