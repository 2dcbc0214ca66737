/** The server's bytes are not HTTP/1.1 as RFC 9112 has it; the message says what was seen. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}
