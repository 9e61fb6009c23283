/** A promise as something to run: it resolves when the promise is kept and rejects with an `AssertionError` when not. */
export interface ContractCase {
  /** The promise in words; unique within its contract. */
  readonly name: string;
  run(): Promise<void>;
}
