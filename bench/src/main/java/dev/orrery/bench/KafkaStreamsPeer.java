package dev.orrery.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The takings with Kafka Streams, exactly once and in RocksDB, on a real broker, in a JVM of its
 * own. The program is started as source, so that nothing here is compiled against Kafka. Confined
 * to one thread.
 */
final class KafkaStreamsPeer implements AutoCloseable {
    static final String NAME = "Kafka Streams 4.3.1, exactly once, RocksDB";

    private static final String PROGRAM = "KafkaSales.java";
    private static final String QUIET = ".level = SEVERE\n";
    private static final int PARTITIONS = 2;

    private final LineProcess process;

    private KafkaStreamsPeer(LineProcess process) {
        this.process = process;
    }

    /** A broker in a folder with so many sales in its topic. */
    static KafkaStreamsPeer open(Path folder, int events) throws IOException {
        Path program = folder.resolve(PROGRAM);
        try (InputStream source =
                Objects.requireNonNull(KafkaStreamsPeer.class.getResourceAsStream(PROGRAM))) {
            Files.copy(source, program);
        }
        Path logging = Files.writeString(folder.resolve("logging.properties"), QUIET);
        LineProcess process =
                LineProcess.start(
                        NAME,
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-Djava.util.logging.config.file=" + logging,
                                "-cp",
                                System.getProperty("java.class.path"),
                                program.toString(),
                                folder.toString(),
                                Integer.toString(events),
                                Integer.toString(PARTITIONS)));
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
