import { killedAtEveryStep } from './kill.ts';
import { people } from './story-people.ts';

killedAtEveryStep(people, 'before', 'after');
