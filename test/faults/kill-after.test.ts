import { killedAtEveryStep } from './kill.ts';

killedAtEveryStep('after');
