import type { RateLimit } from "./limit.js";

/** The name a store keeps a counter under, beside the subject: `name:windowSeconds:algorithm`. */
export function counterKey({ name, windowSeconds, algorithm }: RateLimit): string {
  return `${name}:${windowSeconds}:${algorithm}`;
}
