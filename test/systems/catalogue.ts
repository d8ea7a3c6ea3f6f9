import { existsSync } from 'node:fs';
import { cached } from './cache.ts';
import { fromDebian, fromGo, fromMaven, onPath } from './install.ts';

/** A real system, and where this machine gets it from. */
export interface System {
  readonly name: string;
  /** Left out: it has one version at a time, which it says itself. */
  readonly version?: string;
  /** The environment variable whose address wins over all else; null: it needs a configuration of the test's own. */
  readonly variable: string | null;
  /** The program, or for Kafka its folder, that is here already. */
  here(): string | null;
  /** What brings it; one at a time does, each of its kind. */
  readonly installer: 'maven' | 'apt' | 'go';
  /** @throws Error whose message says why it cannot be had */
  install(): Promise<string>;
}

export const KAFKA = kafka('4.3.1', 'TEST_KAFKA_BROKERS');
/** The last of the line that has no groups of the new protocol. */
export const KAFKA_3 = kafka('3.9.2', 'TEST_KAFKA_3_BROKERS');
export const REDIS = debian('Redis', 'redis-server', 'TEST_REDIS_URL');
export const ALERTMANAGER = debian('Alertmanager', 'prometheus-alertmanager', null);
export const PROMETHEUS = debian('Prometheus', 'prometheus', null);
/** What says in a pod whether a port can be reached. */
export const NETCAT = debian('nc', 'nc', null);

const VERSITYGW = '1.8.0';
export const S3: System = {
  name: 'versitygw',
  version: VERSITYGW,
  variable: 'TEST_S3_ENDPOINT',
  here: () => onPath('versitygw') ?? existing(cached(`versitygw-${VERSITYGW}/versitygw`)),
  installer: 'go',
  install: async () => await fromGo('versitygw', 'github.com/versity/versitygw/cmd/versitygw', VERSITYGW),
};

export const SYSTEMS: readonly System[] = [KAFKA, KAFKA_3, REDIS, S3, ALERTMANAGER, PROMETHEUS, NETCAT];

function kafka(version: string, variable: string): System {
  return {
    name: 'Kafka',
    version,
    variable,
    here: () => (onPath('java') === null ? null : existing(cached(`kafka-${version}`))),
    installer: 'maven',
    install: async () => await fromMaven(version),
  };
}

function debian(name: string, program: string, variable: string | null): System {
  return {
    name,
    variable,
    here: () => onPath(program),
    installer: 'apt',
    install: async () => await fromDebian(program),
  };
}

function existing(path: string): string | null {
  return existsSync(path) ? path : null;
}
