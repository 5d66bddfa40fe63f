package dev.orrery.bench;

import dev.orrery.Orrery;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sales per second counted and summed per account, durable and exactly once; beside Kafka Streams,
 * and beside the JDBC driver alone, which writes rows made beforehand: one for each event, and
 * those that the projection wrote.
 */
final class TakingsProbe implements Probe {
    @Override
    public Map<String, Double> measure(Effort effort) throws Exception {
        int events = effort.either(200_000, 1_000_000);
        int rounds = effort.either(2, 5);
        Workplace place = Workplace.find();
        PlainEach each = SalesFold.eachByHand(events);
        Map<String, Samples> samples = new LinkedHashMap<>();
        place.inFreshFolder(kafkaFolder -> {
            try (KafkaStreamsPeer kafka = KafkaStreamsPeer.open(kafkaFolder, events)) {
                for (int round = -effort.either(1, 2); round < rounds; round++) {
                    boolean counts = round >= 0;
                    Map<String, Double> values =
                            place.inFreshFolder(folder -> round(folder, events, each, kafka));
                    if (counts) {
                        values.forEach((name, value) ->
                                samples.computeIfAbsent(name, _ -> new Samples()).add(value));
                    }
                }
            }
            return kafkaFolder;
        });
        Map<String, Double> medians = new LinkedHashMap<>();
        samples.forEach((name, values) -> medians.put(name, values.median()));
        return medians;
    }

    private static Map<String, Double> round(
            Path folder, int events, PlainEach each, KafkaStreamsPeer kafka) throws Exception {
        SalesFold.Took ours = SalesFold.run(Orrery.configure().directory(folder), events);
        SalesFold.Took theirs = kafka.run();
        Path file = folder.resolve("orrery.db");
        PlainTables plain = PlainTables.like(file);
        long eachEvent = each.write(plain.in(folder.resolve("each.db"))).toNanos();
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("orrery", perSecond(events, ours.nanos()));
        values.put("kafka", perSecond(events, theirs.nanos()));
        values.put("orrery, processor", micros(events, ours.processorNanos()));
        values.put("kafka, processor", micros(events, theirs.processorNanos()));
        values.put("each", perSecond(events, eachEvent));
        return values;
    }

    private static double perSecond(int events, long nanos) {
        return events * 1e9 / nanos;
    }

    private static double micros(int events, long nanos) {
        return nanos / 1e3 / events;
    }
}
