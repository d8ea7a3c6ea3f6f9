import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of PEM files. One leaf serves everything on this machine, and is the API server's own name towards the others. */
export interface Certificates {
  readonly authority: string;
  readonly leaf: string;
  readonly leafKey: string;
  /** Signs the tokens of service accounts. */
  readonly tokenKey: string;
}

/** What the API server calls itself towards a kubelet and an aggregated API. */
export const API_SERVER = 'rig-apiserver';

/** A certificate authority of a day, and what it signs. */
export function makeCertificates(folder: string): Certificates {
  const at = (name: string) => join(folder, name);
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = (name: string) => openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', name);
  for (const name of ['ca.key', 'leaf.key', 'tokens.key']) key(name);
  openssl('req', '-x509', '-new', '-key', 'ca.key', '-days', '1', '-subj', '/CN=rig-ca', '-out', 'ca.crt');
  openssl('req', '-new', '-key', 'leaf.key', '-subj', `/CN=${API_SERVER}`, '-out', 'leaf.csr');
  writeFileSync(
    at('leaf.ext'),
    'subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth,clientAuth\n',
  );
  openssl(
    ...['x509', '-req', '-in', 'leaf.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'],
    ...['-days', '1', '-extfile', 'leaf.ext', '-out', 'leaf.crt'],
  );
  return {
    authority: at('ca.crt'),
    leaf: at('leaf.crt'),
    leafKey: at('leaf.key'),
    tokenKey: at('tokens.key'),
  };
}
