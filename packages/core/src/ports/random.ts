/** A source of cryptographically secure random bytes. */
export interface Random {
  /** Returns `length` fresh random bytes that nobody else holds. */
  bytes(length: number): Uint8Array;
}
