import { parseInput } from "../input/parse-input.js";
import { type UserReference, userReference } from "./schemas.js";

export interface UserService {
  /**
   * For when the host deletes a user: revokes every key that the user owns (`ownerId`), at once, and returns how many
   * this call revoked. Idempotent. Endpoints belong to the tenant, and stay.
   */
  removed(input: UserReference): Promise<{ readonly apiKeys: number }>;
}

export function createUserService({
  revokeOwned,
}: {
  /** Revokes all keys of an owner, and returns them. */
  readonly revokeOwned: (owner: {
    readonly tenantId: string;
    readonly ownerId: string;
  }) => Promise<readonly unknown[]>;
}): UserService {
  return {
    async removed(input) {
      const { tenantId, userId } = parseInput(userReference, input);
      const revoked = await revokeOwned({ tenantId, ownerId: userId });
      return { apiKeys: revoked.length };
    },
  };
}
