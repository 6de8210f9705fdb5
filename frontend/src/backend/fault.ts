import { Fault, type WireError } from '../model/wire';

function isEnvelope(value: unknown): value is WireError {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value;
}

/** Reads the envelope from whatever a transport rejected with. */
export function faultFrom(cause: unknown): Fault {
  if (cause instanceof Fault) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  try {
    const parsed: unknown = JSON.parse(text);
    if (isEnvelope(parsed)) {
      return new Fault({
        code: parsed.code,
        message: parsed.message,
        fields: parsed.fields ?? {},
      });
    }
  } catch {
    // not an envelope: below
  }
  return new Fault({ code: 'internal', message: '', fields: {} });
}

/** The backend itself did not answer. */
export function unreachable(): Fault {
  return new Fault({ code: 'unreachable', message: '', fields: {} });
}

/** The browser keeps the clipboard from the page. */
export function copyRefused(): Fault {
  return new Fault({ code: 'copy_refused', message: '', fields: {} });
}
