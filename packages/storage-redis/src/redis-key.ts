import { createHash } from "node:crypto";

/**
 * A key of fixed length that tells nothing of what it stands for: subjects and keys may be long, and may name people.
 * Different parts never make the same key.
 */
export function redisKey(prefix: string, ...parts: readonly string[]): string {
  const text = parts.length === 1 ? (parts[0] ?? "") : JSON.stringify(parts);
  return prefix + createHash("sha256").update(text).digest("base64url");
}
