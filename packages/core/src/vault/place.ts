/** Where a sealed text belongs. It opens there and nowhere else. */
export interface VaultPlace {
  readonly tenantId: string;
  readonly recordId: string;
  /** The field of the record, such as `secret`. */
  readonly field: string;
}

const utf8 = /* @__PURE__ */ new TextEncoder();

/** The additional data a text is sealed with: the place as a JSON array, so that no two places read alike. */
export function encodePlace({ tenantId, recordId, field }: VaultPlace): Uint8Array {
  return utf8.encode(JSON.stringify([tenantId, recordId, field]));
}
