import { killedAtEveryStep } from './kill.ts';
import { payments, stuckOrders } from './stories.ts';

killedAtEveryStep('after', stuckOrders);
killedAtEveryStep('after', payments);
