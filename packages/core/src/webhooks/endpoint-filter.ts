const EVERYTHING = "*";
const ANY_PART_BELOW = ".*";

/**
 * Whether an endpoint's event types admit a message's type. A filter is an exact type, `*` for all of them, or a
 * dotted prefix: `post.*` admits `post.published` and `post.comment.created`, but neither `post` nor `posts.published`.
 */
export function matchesEventType(filters: readonly string[], type: string): boolean {
  return filters.some((filter) => admits(filter, type));
}

/** Every filter that admits a type, for a storage that looks them up: `*`, the type itself, and a prefix for each dot. */
export function filtersAdmitting(type: string): readonly string[] {
  const dots = [...type.matchAll(/\.(?=.)/gsu)].map(({ index }) => index);
  return [EVERYTHING, type, ...dots.map((dot) => `${type.slice(0, dot + 1)}${EVERYTHING}`)];
}

/** Whether an endpoint's channels admit a message. An endpoint without channels takes messages of all of them. */
export function matchesChannels(
  endpointChannels: readonly string[],
  messageChannels: readonly string[],
): boolean {
  return (
    endpointChannels.length === 0 || endpointChannels.some((channel) => messageChannels.includes(channel))
  );
}

function admits(filter: string, type: string): boolean {
  if (filter === EVERYTHING || filter === type) return true;
  if (!filter.endsWith(ANY_PART_BELOW)) return false;
  const prefix = filter.slice(0, -EVERYTHING.length);
  return type.length > prefix.length && type.startsWith(prefix);
}
