/** What happened to an API key. */
interface ApiKeyEvent {
  readonly keyId: string;
  readonly name: string;
  readonly ownerId: string | undefined;
  readonly environment: string | undefined;
  /** Who did it; `host` where nobody was named. */
  readonly actorId: string;
}

/** What somebody did to an endpoint. */
interface EndpointEvent {
  readonly endpointId: string;
  readonly actorId: string;
}

interface EndpointSecretEvent extends EndpointEvent {
  readonly secretId: string;
}

/** What came of an attempt at a delivery. */
interface AttemptEvent {
  readonly deliveryId: string;
  readonly messageId: string;
  readonly endpointId: string;
  readonly attemptId: string;
  /** 1 for the first. */
  readonly attemptNumber: number;
  readonly durationMs: number;
  /** Absent when no answer came. */
  readonly responseStatus: number | undefined;
}

interface FailedAttemptEvent extends AttemptEvent {
  readonly failureReason: string;
}

interface Changed {
  /** The names of the settings that changed. */
  readonly changed: readonly string[];
}

/** Every lifecycle event there is, with what it tells. None holds a secret. */
export interface LifecycleEventPayloads {
  readonly "api_key.created": ApiKeyEvent;
  readonly "api_key.imported": ApiKeyEvent;
  readonly "api_key.updated": ApiKeyEvent & Changed;
  readonly "api_key.disabled": ApiKeyEvent;
  readonly "api_key.enabled": ApiKeyEvent;
  readonly "api_key.revoked": ApiKeyEvent;
  readonly "api_key.rotated": ApiKeyEvent & { readonly successorId: string; readonly graceSeconds: number };
  readonly "endpoint.created": EndpointEvent;
  readonly "endpoint.updated": EndpointEvent & Changed;
  readonly "endpoint.disabled": {
    readonly endpointId: string;
    /** `manual`; `gone` when it answered 410; `failing` when it failed for too long. */
    readonly reason: string;
    /** Absent when it was no person: a runner did it. */
    readonly actorId: string | undefined;
  };
  readonly "endpoint.enabled": EndpointEvent;
  readonly "endpoint.deleted": EndpointEvent;
  readonly "endpoint.secret_rotated": EndpointSecretEvent & { readonly overlapSeconds: number };
  readonly "endpoint.secret_revealed": EndpointSecretEvent;
  readonly "endpoint.failing": {
    readonly endpointId: string;
    readonly failingSince: Date;
    readonly disableAt: Date;
  };
  readonly "webhook.attempted": AttemptEvent & {
    readonly succeeded: boolean;
    readonly failureReason: string | undefined;
  };
  readonly "webhook.delivered": AttemptEvent;
  readonly "webhook.failed": FailedAttemptEvent;
}

export type LifecycleEventType = keyof LifecycleEventPayloads;

/** One lifecycle event. Of a union of types, the union of their events. */
export type LifecycleEvent<Type extends LifecycleEventType = LifecycleEventType> = {
  readonly [Each in Type]: {
    /** The same wherever the event is told: to handlers, and in a webhook's data. */
    readonly id: string;
    readonly type: Each;
    readonly tenantId: string;
    readonly occurredAt: Date;
  } & LifecycleEventPayloads[Each];
}[Type];
