import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

// Another client of the same Redis: asks for one key, waits a millisecond, asks again. A bare socket, so that what it
// measures is the server and not a library; a process of its own, so that nothing of ours runs in it.
const socket = connect(Number(process.env['REDIS_PORT']), '127.0.0.1');
socket.setNoDelay(true);
let answered: () => void = () => undefined;
socket.on('data', () => answered());
let took: number[] = [];

process.on('message', (question: { readonly took?: boolean }) => {
  if (question.took !== true) return;
  const sorted = took.sort((one, other) => one - other);
  process.send?.({ worst: sorted.at(-1) ?? Number.NaN, asked: sorted.length });
  took = [];
});
console.log('up');

for (;;) {
  const answer = new Promise<void>((resolve) => {
    answered = resolve;
  });
  const began = performance.now();
  socket.write('*2\r\n$3\r\nGET\r\n$5\r\nbench\r\n');
  await answer;
  took.push(performance.now() - began);
  await sleep(1);
}
