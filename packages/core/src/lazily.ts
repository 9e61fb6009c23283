/** How each member of an object is made. */
export type Makers<Members extends object> = { readonly [Name in keyof Members]: () => Members[Name] };

/**
 * An object whose members are made when they are first asked for, each once: who acts for a single call asks for one
 * service, and pays for no other. A copy by spread has all of them made.
 */
export function lazily<Members extends object>(makers: Makers<Members>): Members {
  const members = {} as Members;
  for (const name of Object.keys(makers) as (keyof Members)[]) {
    let made: { readonly member: Members[typeof name] } | undefined;
    const get = () => {
      made ??= { member: makers[name]() };
      return made.member;
    };
    Object.defineProperty(members, name, { get, enumerable: true });
  }
  return members;
}
