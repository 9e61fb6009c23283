/** Subjects the in-process stand-in keeps while the store is out; about 200 bytes each. */
export const LOCAL_MAX_SUBJECTS = 10_000;
