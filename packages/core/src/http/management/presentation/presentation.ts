import type { z } from "zod";
import type { ResourceName, RouteMethod } from "../route.js";

/** How a host's API shows one resource: left out, everything is as the table has it. */
export interface ResourcePresentation {
  /** Where it stands below the mount, such as `/admin/api-keys`. */
  readonly path?: string | undefined;
  /** The routes that exist, by name; without it, all of them. */
  readonly only?: readonly string[] | undefined;
  /** Routes that don't exist. */
  readonly omit?: readonly string[] | undefined;
  /** How fields are called and written, by their names in the table: in bodies, queries and replies alike. */
  readonly fields?: Readonly<Record<string, FieldPresentation>> | undefined;
  /** What single routes have of their own, by name. */
  readonly routes?: Readonly<Record<string, RoutePresentation>> | undefined;
}

export interface RoutePresentation {
  readonly method?: RouteMethod | undefined;
  /** The whole path below the mount, with the route's own parameters. */
  readonly path?: string | undefined;
  /** Parameters of the query that always hold, by their names in the table: clients don't give them. */
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** The status of success. A 204 has no body, so another status in its place brings one. */
  readonly status?: 200 | 201 | 202 | 204 | undefined;
}

/** Another name; false leaves the field out; other words for its values; or another form altogether. */
export type FieldPresentation = string | false | FieldWords | FieldForm;

export interface FieldWords {
  readonly as?: string | undefined;
  /**
   * The word for each value, in lists for each item. Where two values share a word, it is read as the first of them.
   * Values that aren't named stay as they are.
   */
  readonly words: Readonly<Record<string, string>>;
}

/** One field as one or several others. */
export interface FieldForm {
  /** The fields that stand for it, with what they may hold: for bodies, replies and the OpenAPI document. */
  readonly as: Readonly<Record<string, z.ZodType>>;
  /** The fields to show for a value; `item` is the whole record. */
  readonly show: (
    value: unknown,
    item: Readonly<Record<string, unknown>>,
  ) => Readonly<Record<string, unknown>>;
  /** The value that fields of a body stand for; undefined where they say nothing. */
  readonly read: (fields: Readonly<Record<string, unknown>>) => unknown;
}

/** What stands around the content of every successful reply. */
export interface Envelope {
  /** The member that holds the content, such as `data`. */
  readonly field: string;
  /** Further members, the same in each reply, such as `{ success: true }`. */
  readonly constants?: Readonly<Record<string, string | number | boolean>> | undefined;
}

/** How replies are written. */
export interface ReplyPresentation {
  /**
   * How listings are written: `page` is `{ items, nextCursor }`, `array` the items alone. The next page is in the `Link`
   * header either way. Default `page`.
   */
  readonly lists?: "page" | "array" | undefined;
  /** Default none: the content alone. */
  readonly envelope?: Envelope | undefined;
}

export type ResourcePresentations = {
  readonly [Name in ResourceName]?: ResourcePresentation | false | undefined;
};
