/**
 * Compares bytes in a time that depends on their length alone, not on where they differ.
 * Different lengths are told apart at once: a length is not a secret here.
 */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (const [index, byte] of left.entries()) difference |= byte ^ (right[index] ?? 0);
  return difference === 0;
}

/** Compares texts as `equalBytes` compares their UTF-8. Both must be well-formed: a lone surrogate reads as U+FFFD. */
export function equalText(left: string, right: string): boolean {
  const encoder = new TextEncoder();
  return equalBytes(encoder.encode(left), encoder.encode(right));
}
