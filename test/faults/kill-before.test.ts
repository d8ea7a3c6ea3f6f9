import { killedAtEveryStep } from './kill.ts';

killedAtEveryStep('before');
