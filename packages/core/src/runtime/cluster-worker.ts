/** Whether this process is one of several workers of Node's `cluster` (process managers' cluster modes use it too). */
export function isClusterWorker(): boolean {
  // Looked up and not imported: other runtimes have no such module, and importing it would fail there.
  const cluster: unknown = globalThis.process?.getBuiltinModule?.("node:cluster");
  return (cluster as { readonly isWorker?: boolean } | undefined)?.isWorker === true;
}
