import { AbsentSystem } from '../ports/system-error.ts';

/** A port whose every method says that the system is not there, and which setting would change it. */
export function absent<Port extends object>(because: string): Port {
  return new Proxy({} as Port, {
    get: () => async () => {
      throw new AbsentSystem(because);
    },
  });
}
