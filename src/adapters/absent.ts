import { AbsentSystem } from '../ports/system-error.ts';

/**
 * A port whose every method says that the system is not there, and which setting would change it.
 * @param but the methods that can do without that setting
 */
export function absent<Port extends object>(because: string, but: Partial<Port> = {}): Port {
  return new Proxy({} as Port, {
    get: (_port, name) =>
      Reflect.get(but, name) ??
      (async () => {
        throw new AbsentSystem(because);
      }),
  });
}
