/** Who makes a change, and from where. */
export interface Actor {
  /** The host's own name for whoever it is: a user, a key, a job. 1 to 128 characters. */
  readonly actorId: string;
  /** What the id names, such as `user`, `api_key` or `job`. */
  readonly kind?: string | undefined;
  /** The client's address. */
  readonly ip?: string | undefined;
  readonly userAgent?: string | undefined;
  /** What ties the change to the host's own logs: a request id, say. */
  readonly correlationId?: string | undefined;
}

/** Whoever calls the kit without saying on whose behalf. */
export const HOST_ACTOR: Actor = { actorId: "host" };
