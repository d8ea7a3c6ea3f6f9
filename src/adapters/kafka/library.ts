/**
 * What we use of kafkajs: the layer under its clients (docs/decisions/0014 says why). Loaded at the first call: an idle
 * bot needs none of it.
 */
export type Library = Awaited<ReturnType<typeof load>>;

let loaded: Promise<Library> | null = null;

export async function library(): Promise<Library> {
  loaded ??= load();
  return await loaded;
}

async function load() {
  const [broker, pool, protocol, keys, decoder, batch, loggers] = await Promise.all([
    import('kafkajs/src/broker/index.js'),
    import('kafkajs/src/network/connectionPool.js'),
    import('kafkajs/src/protocol/requests/index.js'),
    import('kafkajs/src/protocol/requests/apiKeys.js'),
    import('kafkajs/src/protocol/decoder.js'),
    import('kafkajs/src/protocol/recordBatch/v0/decoder.js'),
    import('kafkajs/src/loggers/index.js'),
  ]);
  return {
    Broker: broker.default,
    ConnectionPool: pool.default,
    requests: protocol.requests,
    apiKeys: keys.default,
    Decoder: decoder.default,
    decodeRecordBatch: batch.default,
    /** It says nothing: what matters of its errors is in ours. */
    logger: loggers.createLogger({ level: 0, logCreator: () => () => undefined }),
  };
}
