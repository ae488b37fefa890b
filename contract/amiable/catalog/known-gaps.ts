/** Actions that a server may list and the catalog does not know, each with its reason. */
export const strangeActions: Readonly<Record<string, string>> = {}

/** Events that a server documents and the catalog does not know, each with its reason. */
export const strangeEvents: Readonly<Record<string, string>> = {
  NewExten: 'the documentation’s spelling; on the wire it is Newexten',
}
