/** Where a walk over what an endpoint missed stands. */
export interface ReplayPage {
  /** How many deliveries were made pending now. */
  readonly count: number;
  /** Where the next call goes on; undefined at the end. */
  readonly cursor: string | undefined;
}

export interface ReplayRequest {
  readonly tenantId: string;
  readonly endpointId: string;
  readonly since: Date;
  /** At most this many records are looked at. */
  readonly limit: number;
  readonly cursor?: string;
  readonly now?: Date;
}

/**
 * Second chances for deliveries. What is made pending is due at once; at a disabled endpoint it shows as `held`.
 * Every method may meet runners and itself, in any number of processes.
 */
export interface ReplayStore {
  /**
   * Makes a delivery that is exhausted or cancelled pending again, with its attempts kept and its schedule begun anew,
   * or one that waits due now. False, and nothing changed, when there is none such, it succeeded, an attempt is under
   * way, or its endpoint was deleted. However many callers meet, it is revived once. It knows this delivery alone: when
   * another of the same message to the same endpoint is made pending meanwhile, both go out, under one webhook id.
   */
  retry(request: {
    readonly tenantId: string;
    readonly deliveryId: string;
    readonly now?: Date;
  }): Promise<boolean>;
  /**
   * Makes a delivery `cancelled` that is exhausted, or not final and not under a live lease. Why it failed stays with
   * its attempts. False, and nothing changed, when there is none such. A settlement that meets it is lost or comes first.
   */
  discard(request: {
    readonly tenantId: string;
    readonly deliveryId: string;
    readonly now?: Date;
  }): Promise<boolean>;
  /**
   * Makes a new delivery of a stored message to an endpoint, whatever its filter says, and returns its id. While a
   * delivery of that message to that endpoint isn't final, returns its id instead: callers that meet make one.
   * Undefined when the tenant has no such message or endpoint.
   */
  resend(request: {
    readonly tenantId: string;
    readonly messageId: string;
    readonly endpointId: string;
    readonly now?: Date;
  }): Promise<string | undefined>;
  /**
   * Revives, as `retry` does, deliveries to an endpoint that became exhausted at `since` or later. Looks at no more
   * than `limit` exhausted ones, and leaves out those that somebody else is changing at this moment. Safe to repeat.
   */
  recover(request: ReplayRequest): Promise<ReplayPage>;
  /**
   * Makes a delivery for each message stored at `since` or later that the endpoint's event types and channels admit
   * now, that isn't addressed to another endpoint, and that has no delivery to this one, final ones included. Scheduled
   * messages keep their time. Looks at no more than `limit` messages. Safe to repeat: callers that meet make one each.
   */
  replay(request: ReplayRequest): Promise<ReplayPage>;
}
