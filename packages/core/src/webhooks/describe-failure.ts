const LONGEST_TEXT = 300;

/**
 * What stands with an attempt of why no response came: what the transport says, at most 300 characters, of URLs no
 * credentials, query or fragment. Transports are the host's choice, and tenants read it.
 */
export function describeFailure(message: string): string {
  return message
    .replaceAll("\u0000", "\uFFFD")
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/?#]*@)?([^\s?#]*)(?:[?#]\S*)?/gi, "$1$2")
    .slice(0, LONGEST_TEXT);
}
