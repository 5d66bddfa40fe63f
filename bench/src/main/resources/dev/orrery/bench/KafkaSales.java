import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.state.QueryableStoreTypes;

/**
 * The peer: sales counted and summed per account with Kafka Streams, exactly once, in RocksDB, on a
 * real broker in this process. Started as source: {@code java -cp … KafkaSales.java folder events
 * partitions}.
 *
 * <p>Says {@code ready}; to each line it is asked it runs once, with a new application over the
 * same topic, and answers with the nanoseconds from the first sale folded until the offsets of the
 * last are committed, and those of processor time meanwhile, the broker's included. Sales are 100
 * bytes with the cents in the first eight; a state is two numbers: no format is cheaper to read and
 * write.
 */
final class KafkaSales {
    private static final String TOPIC = "sales";
    private static final int BYTES = 100;
    private static final int ACCOUNTS = 10_000;
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private static long mixed(long number) {
        long mixed = (number + 1) * MIX;
        mixed = (mixed ^ mixed >>> 32) * MIX;
        return mixed ^ mixed >>> 29;
    }

    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        Path folder = Path.of(arguments[0]);
        int events = Integer.parseInt(arguments[1]);
        int partitions = Integer.parseInt(arguments[2]);
        int port = freePort();
        KafkaRaftServer broker = broker(folder, port, freePort());
        String servers = "localhost:" + port;
        fill(servers, events, partitions);
        answers.println("ready");
        var questions = new java.io.BufferedReader(new java.io.InputStreamReader(System.in));
        int round = 0;
        while (questions.readLine() != null) {
            answers.println(run(servers, folder, round++, events, partitions));
            answers.flush();
        }
        broker.shutdown();
        System.exit(0);
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static KafkaRaftServer broker(Path folder, int port, int controllerPort)
            throws Exception {
        Properties settings = new Properties();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.voters", "1@localhost:" + controllerPort);
        settings.put(
                "listeners",
                "PLAINTEXT://localhost:" + port + ",CONTROLLER://localhost:" + controllerPort);
        settings.put("advertised.listeners", "PLAINTEXT://localhost:" + port);
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("log.dirs", folder.resolve("broker").toString());
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("offsets.topic.num.partitions", "1");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("transaction.state.log.num.partitions", "1");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("share.coordinator.state.topic.num.partitions", "1");
        settings.put("group.initial.rebalance.delay.ms", "0");
        Path file = folder.resolve("broker.properties");
        try (var out = Files.newBufferedWriter(file)) {
            settings.store(out, null);
        }
        StorageTool.execute(
                new String[] {"format", "-t", Uuid.randomUuid().toString(), "-c", file.toString()},
                new PrintStream(OutputStream.nullOutputStream()));
        KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(settings), Time.SYSTEM);
        server.startup();
        return server;
    }

    private static void fill(String servers, int events, int partitions) throws Exception {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", servers))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, partitions, (short) 1))).all().get();
        }
        Map<String, Object> settings =
                Map.of(
                        "bootstrap.servers",
                        servers,
                        "linger.ms",
                        5,
                        "batch.size",
                        1 << 18,
                        "acks",
                        "all");
        try (var producer =
                new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            for (long number = 0; number < events; number++) {
                String account = "account-" + Long.remainderUnsigned(mixed(number), ACCOUNTS);
                long cents = 1 + (mixed(number) >>> 40) % 10_000;
                byte[] sale = ByteBuffer.allocate(BYTES).putLong(cents).array();
                producer.send(new ProducerRecord<>(TOPIC, account, sale));
            }
            producer.flush();
        }
    }

    private static long processorNanos() {
        return ((com.sun.management.OperatingSystemMXBean)
                        ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static String run(String servers, Path folder, int round, int events, int partitions)
            throws Exception {
        String application = "takings-" + round;
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, partitions);
        settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, folder.resolve("states").toString());
        settings.put("auto.offset.reset", "earliest");
        AtomicLong began = new AtomicLong();
        AtomicLong processorBegan = new AtomicLong();
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(TOPIC, Consumed.with(Serdes.String(), Serdes.ByteArray()))
                .groupByKey(Grouped.with(Serdes.String(), Serdes.ByteArray()))
                .aggregate(
                        () -> new byte[2 * Long.BYTES],
                        (account, sale, takings) -> {
                            if (began.get() == 0 && began.compareAndSet(0, System.nanoTime())) {
                                processorBegan.set(processorNanos());
                            }
                            ByteBuffer before = ByteBuffer.wrap(takings);
                            return ByteBuffer.allocate(2 * Long.BYTES)
                                    .putLong(before.getLong() + 1)
                                    .putLong(before.getLong() + ByteBuffer.wrap(sale).getLong())
                                    .array();
                        },
                        Materialized.<String, byte[]>as(
                                        org.apache.kafka.streams.state.Stores
                                                .persistentKeyValueStore("takings"))
                                .withKeySerde(Serdes.String())
                                .withValueSerde(Serdes.ByteArray()));
        KafkaStreams streams = new KafkaStreams(builder.build(), settings);
        CountDownLatch running = new CountDownLatch(1);
        streams.setStateListener((now, before) -> {
            if (now == KafkaStreams.State.RUNNING) {
                running.countDown();
            }
        });
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", servers))) {
            streams.start();
            if (!running.await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("Kafka Streams does not run");
            }
            awaitCommitted(admin, application, events);
            long took = System.nanoTime() - began.get();
            long processor = processorNanos() - processorBegan.get();
            requireRight(streams, events);
            return took + " " + processor;
        } finally {
            streams.close(Duration.ofSeconds(30));
            streams.cleanUp();
        }
    }

    private static void awaitCommitted(Admin admin, String group, long events) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
        while (System.nanoTime() < deadline) {
            long committed =
                    admin
                            .listConsumerGroupOffsets(group)
                            .partitionsToOffsetAndMetadata()
                            .get()
                            .values()
                            .stream()
                            .filter(offset -> offset != null)
                            .mapToLong(offset -> offset.offset())
                            .sum();
            if (committed >= events) {
                return;
            }
            Thread.sleep(10);
        }
        throw new IllegalStateException("Kafka Streams does not get to the end");
    }

    private static void requireRight(KafkaStreams streams, long events) {
        var store =
                streams.store(
                        StoreQueryParameters.fromNameAndType(
                                "takings", QueryableStoreTypes.<String, byte[]>keyValueStore()));
        long counted = 0;
        try (var all = store.all()) {
            while (all.hasNext()) {
                counted += ByteBuffer.wrap(all.next().value).getLong();
            }
        }
        if (counted != events) {
            throw new IllegalStateException("Kafka Streams counted " + counted + " of " + events);
        }
    }
}
