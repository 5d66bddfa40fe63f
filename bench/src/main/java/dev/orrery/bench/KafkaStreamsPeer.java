package dev.orrery.bench;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The takings with Kafka Streams, exactly once and in RocksDB, on a real broker, in a JVM of its
 * own. Confined to one thread.
 */
final class KafkaStreamsPeer implements AutoCloseable {
    static final String NAME = "Kafka Streams 4.3.1, exactly once, RocksDB";

    private static final int PARTITIONS = 2;

    private final LineProcess process;

    private KafkaStreamsPeer(LineProcess process) {
        this.process = process;
    }

    /** A broker in a folder with so many sales in its topic. */
    static KafkaStreamsPeer open(Path folder, int events) throws IOException {
        LineProcess process =
                SourceProgram.start(
                        NAME,
                        "KafkaSales.java",
                        folder,
                        folder.toString(),
                        Integer.toString(events),
                        Integer.toString(PARTITIONS));
        process.answer(); // that it is ready
        return new KafkaStreamsPeer(process);
    }

    /** Folds all sales once. */
    SalesFold.Took run() throws IOException {
        String[] nanos = process.ask("run").split(" ");
        return new SalesFold.Took(Long.parseLong(nanos[0]), Long.parseLong(nanos[1]));
    }

    @Override
    public void close() {
        process.close();
    }
}
