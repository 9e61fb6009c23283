/** The database could not be reached in time. Becomes a `StorageError` that names the operation. */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
}
