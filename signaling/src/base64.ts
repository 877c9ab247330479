const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** The bytes; undefined where the text is not Base64, of which `Buffer.from` would skip what it does not know. */
export const fromBase64 = (text: string): Buffer | undefined =>
  text.length % 4 === 0 && BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
