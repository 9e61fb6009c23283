import { describe, expect, test } from "vitest";
import { chooseCredential, isForeignBearer, type KeyLooks } from "./choose-credential.js";

const bearer = { kind: "bearer" } as const;
const header = { kind: "header", name: "X-API-Key" } as const;
const own = { kind: "header", name: "X-Aivo-Api-Key" } as const;

type Presented = Parameters<typeof chooseCredential>[0];

/** Texts say in their first word how they look. */
const looksOf = (text: string) => text.split(" ")[0] as KeyLooks;
const choose = (...presented: Presented) => chooseCredential(presented, looksOf);
const isForeign = (...presented: Presented) => isForeignBearer(presented, looksOf);

describe("choosing the credential to judge", () => {
  test("our key is judged, wherever it stands and whatever stands beside it", () => {
    const key = { kind: "key", text: "ours 1" };
    expect(choose({ place: bearer, text: "ours 1" })).toEqual(key);
    expect(choose({ place: bearer, text: "foreign" }, { place: header, text: "ours 1" })).toEqual(key);
    expect(choose({ place: bearer, text: "ours 1" }, { place: header, text: "foreign" })).toEqual(key);
    expect(choose({ place: bearer, text: "garbled" }, { place: own, text: "ours 1" })).toEqual(key);
  });

  test("two of ours, or two texts in one place, are one too many", () => {
    const several = { kind: "several" };
    expect(choose({ place: bearer, text: "ours 1" }, { place: header, text: "ours 1" })).toEqual(several);
    expect(choose({ place: header, text: "ours 1" }, { place: header, text: "foreign" })).toEqual(several);
    expect(choose({ place: bearer, text: "foreign" }, { place: bearer, text: "foreign" })).toEqual(several);
  });

  test("only a bearer token that stands alone and isn't ours is somebody else's", () => {
    expect(isForeign({ place: bearer, text: "foreign" })).toBe(true);
    expect(isForeign({ place: bearer, text: "ours 1" })).toBe(false);
    expect(isForeign({ place: bearer, text: "garbled" })).toBe(false);
    expect(isForeign({ place: header, text: "foreign" })).toBe(false);
    expect(isForeign({ place: bearer, text: "foreign" }, { place: header, text: "foreign 2" })).toBe(false);
    expect(isForeign({ place: bearer, text: "foreign" }, { place: bearer, text: "foreign" })).toBe(false);
    expect(isForeign()).toBe(false);
  });

  test("what stands alone is judged, whatever it looks like", () => {
    expect(choose({ place: bearer, text: "foreign" })).toEqual({ kind: "key", text: "foreign" });
    expect(choose({ place: bearer, text: "garbled" })).toEqual({ kind: "key", text: "garbled" });
    expect(choose({ place: header, text: "foreign" })).toEqual({ kind: "key", text: "foreign" });
    const both = choose({ place: bearer, text: "foreign" }, { place: header, text: "foreign 2" });
    expect(both).toEqual({ kind: "key", text: "foreign 2" });
    expect(choose()).toEqual({ kind: "none" });
  });
});
