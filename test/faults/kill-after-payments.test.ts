import { killedAtEveryStep } from './kill.ts';
import { payments } from './stories.ts';

killedAtEveryStep(payments, 'after');
