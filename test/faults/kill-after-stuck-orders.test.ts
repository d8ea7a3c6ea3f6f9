import { killedAtEveryStep } from './kill.ts';
import { stuckOrders } from './stories.ts';

killedAtEveryStep(stuckOrders, 'after');
