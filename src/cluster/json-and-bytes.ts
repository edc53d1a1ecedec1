// A JSON object and bytes behind it, as one body of a message: bytes of the text, as a number of 4 bytes; the text;
// the bytes.
import { parseJsonObject } from "../formats/strict-json.js";

export function encodeJson(json: object, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(json));
  const body = new Uint8Array(4 + text.length + bytes.length);
  new DataView(body.buffer).setUint32(0, text.length, true);
  body.set(text, 4);
  body.set(bytes, 4 + text.length);
  return body;
}

/**
 * The object, which its user checks, and a copy of the bytes.
 *
 * @param source - what it is, for messages.
 * @throws FormatError for what is not JSON.
 */
export function decodeJson(body: Uint8Array, source: string) {
  const { buffer, byteOffset, byteLength } = body;
  const length = byteLength < 4 ? 0 : new DataView(buffer, byteOffset).getUint32(0, true);
  const json = parseJsonObject(body.slice(4, 4 + length), source);
  return { json, bytes: new Uint8Array(body.subarray(4 + length)) };
}
