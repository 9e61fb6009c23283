import type { QueryHandle } from "../connect/bound-handle.js";

/** What is needed of the client that Prisma hands to `$transaction`. */
export interface PrismaTransaction {
  $queryRawUnsafe(text: string, ...values: unknown[]): PromiseLike<unknown>;
}

/**
 * Makes a handle for `tenon.within` of an interactive Prisma transaction on PostgreSQL.
 * Tested against a stub of `$queryRawUnsafe`, not against Prisma's engine.
 * @example
 * await prisma.$transaction(async (tx) => {
 *   await tx.post.create({ data: post });
 *   await tenon.within(fromPrisma(tx)).webhooks.publish({ tenantId, type: "post.published", data });
 * });
 */
export function fromPrisma(tx: PrismaTransaction): QueryHandle {
  return { query: async (text, values) => tx.$queryRawUnsafe(text, ...values) };
}
