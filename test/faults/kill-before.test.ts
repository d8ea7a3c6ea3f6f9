import { killedAtEveryStep } from './kill.ts';
import { payments, stuckOrders } from './stories.ts';

killedAtEveryStep('before', stuckOrders);
killedAtEveryStep('before', payments);
