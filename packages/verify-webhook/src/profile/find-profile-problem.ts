import type { SignatureProfile } from "./signature-profile.js";

const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;
const CONTENT = /^(?:[^{}]|\{id\}(?=\.)|\{timestamp\}(?=[^\w{}-]))*\{body\}$/;

/** Returns what is wrong with a profile, as a sentence about it, or undefined. Throws for what is no object at all. */
export function findProfileProblem(profile: SignatureProfile): string | undefined {
  const { headers, content, prefix, separator, timestampPrefix, ed25519Prefix, timestampUnit, key } = profile;
  const { id, timestamp, signature } = headers;
  const signsTime = content.includes("{timestamp}");
  const sentTimes = [timestamp, timestampPrefix].filter((place) => place !== undefined).length;
  const prefixes = [prefix, timestampPrefix, ed25519Prefix].filter((text) => text !== undefined);
  const names = [id, timestamp, signature].filter((name) => name !== undefined);
  const rules: readonly (readonly [boolean, string])[] = [
    [names.every((name) => HEADER_NAME.test(name)), "headers must be lowercase names"],
    [new Set(names).size === names.length, "headers must differ"],
    [CONTENT.test(content), "content must be text, {id}. and {timestamp}, and end with {body}"],
    [id !== undefined || !content.includes("{id}"), "content signs an id, so headers.id must name it"],
    [sentTimes === Number(signsTime), "a timestamp must be signed and sent once, or neither"],
    [timestampPrefix === undefined || separator !== undefined, "timestampPrefix needs a separator"],
    [[undefined, " ", ","].includes(separator), "separator must be a space or a comma"],
    [!prefixes.some((text) => text.includes(separator ?? "\0")), "a prefix must not hold the separator"],
    [new Set(prefixes).size === prefixes.length, "prefixes must differ"],
    [[undefined, "seconds", "milliseconds"].includes(timestampUnit), "timestampUnit is unknown"],
    [["base64", "hex"].includes(profile.encoding), "encoding must be base64 or hex"],
    [["whsec", "utf8"].includes(key), "key must be whsec or utf8"],
    [ed25519Prefix === undefined || key === "whsec", "ed25519Prefix needs key: whsec"],
  ];
  return rules.find(([isKept]) => !isKept)?.[1];
}
