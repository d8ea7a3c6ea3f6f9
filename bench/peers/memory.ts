// Loaded before both the bot and its peer, so that both are asked the same way: memory after a full collection.
process.on('message', (question: { readonly memory?: boolean }) => {
  if (question.memory !== true) return;
  for (let times = 0; times < 3; times += 1) globalThis.gc?.();
  process.send?.({ rss: process.memoryUsage().rss });
});
// Being asked keeps nobody alive.
process.channel?.unref();
// Whoever started us is gone, also by SIGKILL.
process.on('disconnect', () => process.exit(1));
