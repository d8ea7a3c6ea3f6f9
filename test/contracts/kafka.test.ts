import { KAFKA, KAFKA_3 } from '../systems/catalogue.ts';
import { describeOn } from '../systems/describe-on.ts';
import { kafkaContract } from './kafka.ts';
import { openPretendKafka } from './kafka-pretend.ts';
import { realKafka } from './kafka-real.ts';

kafkaContract('the pretend one', openPretendKafka);

for (const system of [KAFKA, KAFKA_3])
  (await describeOn(system))(`${system.name} ${system.version}`, () => {
    kafkaContract(`a real ${system.version}`, async () => await realKafka(system));
  });
