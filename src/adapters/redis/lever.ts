import type { RedisLever } from '../../ports/redis.ts';
import { SystemError } from '../../ports/system-error.ts';
import { clean } from '../http.ts';
import type { Policy } from '../resilience.ts';
import type { RedisConnections } from './connection.ts';
import { isReply, REDIS } from './redis-error.ts';

/** Nothing else runs in between. What somebody else has taken since it was shown survives. */
const COMPARE_AND_DELETE = `
local kind = redis.call('TYPE', KEYS[1]).ok
if kind == 'none' then return 'gone' end
if kind ~= 'string' then return 'other' end
if redis.sha1hex(redis.call('GET', KEYS[1])) ~= ARGV[1] then return 'changed' end
redis.call('DEL', KEYS[1])
return 'deleted'`;

/** R14, one lock at a time. Sent once, never repeated from here. */
export function redisLever(connections: RedisConnections, policy: Policy): RedisLever {
  return {
    async deleteLock(key, holder, signal) {
      let sent = false;
      const send = async () =>
        await connections.use(signal, async (redis, { replica }) => {
          if (replica)
            throw refused('is a replica: nothing can be deleted there; REDIS_URL must name the master');
          sent = true;
          return await redis.eval(COMPARE_AND_DELETE, 1, key, holder);
        });
      const once = async () =>
        await send().catch((err: unknown) => {
          throw sent && err instanceof SystemError && !isReply(err.cause) ? perhaps(err) : err;
        });
      const said = await policy.once(once, signal);
      const lock = clean(key);
      if (said === 'deleted') return `The lock ${lock} was deleted.`;
      if (said === 'gone') return `The lock ${lock} was gone already; nothing was deleted.`;
      if (said === 'changed') throw refused(`holds another lock ${lock} by now; it was not deleted`);
      if (said === 'other') throw refused(`holds no plain value at ${lock}; it was not deleted`);
      const words = `${REDIS} did not say what became of the lock ${lock}.`;
      throw new SystemError(REDIS, 'not understood', words, { sent: 'maybe', mayRetry: false });
    },
  };
}

/** It was on its way when the answer was lost. */
function perhaps(err: SystemError): SystemError {
  return new SystemError(err.system, err.fault, err.message, {
    sent: 'maybe',
    mayRetry: err.mayRetry,
    cause: err.cause,
  });
}

function refused(words: string): SystemError {
  return new SystemError(REDIS, 'refused', `${REDIS} ${words}.`, { sent: 'no', mayRetry: false });
}
