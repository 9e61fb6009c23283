/** Reads a body up to a number of bytes and lets go of the rest; `truncated` tells that there was more. */
export async function readCapped(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<{ readonly body: Uint8Array; readonly truncated: boolean }> {
  if (body === null) return { body: new Uint8Array(0), truncated: false };
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { body: join(chunks, length), truncated: false };
    const chunk = value.subarray(0, maxBytes - length);
    chunks.push(chunk);
    length += chunk.length;
    if (chunk.length < value.length) {
      // The peer may never end: nobody waits for it to take note.
      reader.cancel().catch(() => undefined);
      return { body: join(chunks, length), truncated: true };
    }
  }
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
