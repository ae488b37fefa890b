import { type Documents, readDocuments } from '../src/documents.ts'
import type { Version } from '../src/merge.ts'
import { parseXml } from '../src/xml.ts'

/** The documentation with these nodes in it. */
export function docs(nodes: string): Documents {
  return readDocuments(parseXml(`<docs xmlns:xi="http://www.w3.org/2001/XInclude">${nodes}</docs>`))
}

export function version(name: string, nodes: string): Version {
  return { name, documents: docs(nodes) }
}

export function action(name: string, syntax: string, more = ''): string {
  return `<manager name="${name}" language="en_US">${more}<syntax>${syntax}</syntax></manager>`
}

export function event(name: string, syntax: string, flags = 'EVENT_FLAG_CALL', more = ''): string {
  return `<managerEvent name="${name}"><managerEventInstance class="${flags}">${more}<syntax>${syntax}</syntax></managerEventInstance></managerEvent>`
}

export function include(path: string): string {
  return `<xi:include xpointer="xpointer(${path})"/>`
}

export function agi(name: string, syntax: string, more = ''): string {
  return `<agi name="${name}" language="en_US">${more}<syntax>${syntax}</syntax></agi>`
}
