/** Where a claim stopped: the last endpoint it looked at. */
export interface ClaimCursor {
  readonly tenantId: string;
  readonly endpointUuid: string;
}

const CURSOR_PATTERN = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) ([\s\S]+)$/;

export function formatClaimCursor({ tenantId, endpointUuid }: ClaimCursor): string {
  return `${endpointUuid} ${tenantId}`;
}

/** Undefined for no cursor, and for text that isn't one: the claim then starts from the beginning. */
export function parseClaimCursor(text: string | undefined): ClaimCursor | undefined {
  const [, endpointUuid, tenantId] = CURSOR_PATTERN.exec(text ?? "") ?? [];
  return endpointUuid === undefined || tenantId === undefined ? undefined : { tenantId, endpointUuid };
}
