import { Fault } from '../model/wire';
import { m } from '../paraglide/messages.js';

/** Whatever was thrown, as a Fault. */
export function asFault(cause: unknown): Fault {
  if (cause instanceof Fault) return cause;
  return new Fault({ code: 'internal', message: '', fields: {} });
}

/** The sentence for people. The backend's own words come first. */
export function faultText(fault: Fault): string {
  if (fault.message !== '') return fault.message;
  if (fault.code === 'copy_refused') return m.app_copy_refused();
  return fault.code === 'unreachable' ? m.app_fault_unreachable() : m.app_fault_internal();
}
