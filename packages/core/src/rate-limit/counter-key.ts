import type { RateLimit } from "./limit.js";

/** A limit is asked about at every call: putting the text together each time took longer than counting. */
const known = /* @__PURE__ */ new WeakMap<RateLimit, string>();

/** The name a store keeps a counter under, beside the subject: `name:windowSeconds:algorithm`. */
export function counterKey(limit: RateLimit): string {
  const earlier = known.get(limit);
  if (earlier !== undefined) return earlier;
  const key = `${limit.name}:${limit.windowSeconds}:${limit.algorithm}`;
  known.set(limit, key);
  return key;
}
