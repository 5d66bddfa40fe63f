package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.Row;
import dev.orrery.core.SegmentLog;
import dev.orrery.core.Subscription;
import dev.orrery.testkit.KeptLog;
import dev.orrery.testkit.Seeded;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A store in which one record was changed whose check sum fits all the same: it costs that record,
 * which comes again from a peer. Law G59.
 */
class UnreadableEntryTest {
    /** What stands before the entries of a record: format, kind, the first number, how many. */
    private static final int HEAD_BYTES = 1 + 1 + 8 + 4;

    private static final int BENT_BYTES = Integer.getInteger("orrery.unreadable", 8);

    private final Logger told = Logger.getLogger(Opening.class.getName());
    private final Replicas.Wall wall = new Replicas.Wall(1_000_000);
    private final SegmentLog good = new KeptLog();
    private final LocalGraph peer = Replicas.open(wall, "bob", Replicas.ANYTHING);
    private List<Hash> written = List.of();

    @BeforeEach
    void writeByTwo() {
        told.setLevel(Level.OFF); // each is told, which is thousands here
        LocalGraph graph = open(good);
        for (int i = 0; i < 6; i++) {
            wall.move(1);
            graph.addNode("Thing", "n" + i, Row.of("name", "n" + i, "size", i));
        }
        peer.sync(graph::answer);
        for (int i = 0; i < 4; i++) {
            wall.move(1);
            peer.set("n" + i, "size", 10L + i);
            peer.addEdge("joins", "e" + i, "n" + i, "n" + (i + 1), Row.of("w", i));
        }
        graph.sync(peer::answer); // a record of several entries
        graph.removeNode("n5");
        graph.extend(graph.ontology().extend().node("More", more -> more.text("t")).build());
        graph.addNode("More", "m", Row.of("t", "text"));
        graph.set("n2", "name", "last");
        peer.sync(graph::answer);
        written = hashes(graph);
        graph.close();
    }

    @AfterEach
    void close() {
        peer.close();
        told.setLevel(null);
    }

    private LocalGraph open(SegmentLog log) {
        return Replicas.open(wall, "ann", Replicas.ANYTHING, log);
    }

    private static List<Hash> hashes(Graph graph) {
        return Replicas.entries(graph).stream().map(Entry::hash).toList();
    }

    private static List<byte[]> records(SegmentLog log) {
        return log.read(log.start() - 1, 1_000).stream().map(SegmentLog.Entry::bytes).toList();
    }

    private static boolean holdsEntries(byte[] record) {
        return record[1] == 1;
    }

    private static SegmentLog with(List<byte[]> records, int place, byte[] bent) {
        SegmentLog log = new KeptLog();
        for (int i = 0; i < records.size(); i++) {
            log.append(i == place ? bent : records.get(i));
        }
        return log;
    }

    // ---- entries

    /** Where an entry is in a record. */
    private record Within(int begin, int end) {
        static List<Within> of(byte[] record) {
            ByteBuffer in = ByteBuffer.wrap(record);
            List<Within> all = new ArrayList<>();
            for (int at = HEAD_BYTES; at < record.length; at = all.getLast().end()) {
                all.add(new Within(at + 4, at + 4 + in.getInt(at)));
            }
            return all;
        }
    }

    @Test
    void anEntryThatIsNoneAnyMoreComesAgainFromAPeer() {
        Seeded random = Seeded.of(59);
        List<byte[]> records = records(good);
        for (int place = 0; place < records.size(); place++) {
            if (holdsEntries(records.get(place))) {
                for (Within entry : Within.of(records.get(place))) {
                    for (int i = 0; i < BENT_BYTES; i++) {
                        int at = entry.begin() + random.below(entry.end() - entry.begin());
                        byte[] bent = records.get(place).clone();
                        bent[at] ^= (byte) (1 + random.below(255));
                        readsAndGoesOn(records, place, bent, "byte " + at + " of record " + place);
                    }
                }
            }
        }
    }

    @Test
    void aLengthThatIsWrongCostsItsRecord() {
        List<byte[]> records = records(good);
        for (int place = 0; place < records.size(); place++) {
            if (holdsEntries(records.get(place))) {
                for (Within entry : Within.of(records.get(place))) {
                    for (int length : new int[] {-1, 0, 1, 1 << 20, Integer.MAX_VALUE}) {
                        byte[] bent = records.get(place).clone();
                        ByteBuffer.wrap(bent).putInt(entry.begin() - 4, length);
                        readsAndGoesOn(records, place, bent, "length " + length + " in " + place);
                    }
                }
            }
        }
    }

    @Test
    void aNumberOfArrivalThatIsWrongCostsItsRecord() {
        List<byte[]> records = records(good);
        long[] numbers = {
            Long.MIN_VALUE, -1, 0, 1, 3, 40, 1_000_000, Integer.MAX_VALUE, 1L << 32, Long.MAX_VALUE
        };
        for (int place = 0; place < records.size(); place++) {
            if (holdsEntries(records.get(place))) {
                for (long number : numbers) {
                    byte[] bent = records.get(place).clone();
                    ByteBuffer.wrap(bent).putLong(2, number);
                    readsAndGoesOn(records, place, bent, "number " + number + " in " + place);
                }
            }
        }
    }

    @Test
    void anEntryThatCameAgainUnderAWrongNumberCostsItself() { // law G73
        List<byte[]> records = records(good);
        EntryCodec codec = new EntryCodec();
        for (int place = 1; place < records.size(); place++) {
            if (holdsEntries(records.get(place))) {
                byte[] record = records.get(place);
                Within first = Within.of(record).getFirst();
                Entry entry = codec.decode(Arrays.copyOfRange(record, first.begin(), first.end()));
                byte[] bent = record.clone();
                bent[first.begin()] ^= 0x40;
                for (int number : new int[] {-1, 0, 1, 3, 9, 40, 1_000_000, Integer.MAX_VALUE}) {
                    List<byte[]> more = new ArrayList<>(records);
                    more.add(EntryRecord.restored(number, entry, false));
                    readsAndGoesOn(more, place, bent, "again as " + number + " of " + place);
                    more.add(EntryRecord.restored(number, entry, true));
                    readsAndGoesOn(more, place, bent, "loose as " + number + " of " + place);
                }
            }
        }
    }

    @Test
    void aRecordOfNoKindThatIsKnownCostsItself() {
        List<byte[]> records = records(good);
        for (int place = 0; place < records.size(); place++) {
            for (int kind : new int[] {0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 127, 255}) {
                byte[] bent = records.get(place).clone();
                bent[1] = (byte) kind;
                readsAndGoesOn(records, place, bent, "kind " + kind + " in " + place);
            }
            readsAndGoesOn(records, place, new byte[] {1}, "one byte in " + place);
        }
    }

    /** Opens a store with one record bent, reads all of it in all ways, and fetches the rest. */
    private void readsAndGoesOn(List<byte[]> records, int place, byte[] bent, String what) {
        SegmentLog log = with(records, place, bent);
        try {
            goesOn(log);
            goesOn(log); // with what came again
        } catch (BadDefinition ofTheRoot) {
            assertThat(place).as(what).isZero();
        } catch (RuntimeException | AssertionError failed) {
            throw new AssertionError(what, failed);
        }
    }

    private void goesOn(SegmentLog log) {
        LocalGraph other = Replicas.open(wall, "other", Replicas.ANYTHING);
        other.sync(peer::answer);
        LocalGraph graph = open(log);
        hashes(graph);
        follow(graph);
        graph.asOf(Instant.ofEpochMilli(2_000_000)).nodes();
        LocalGraph fresh = Replicas.open(wall, "fresh", Replicas.ANYTHING);
        fresh.sync(graph::answer);
        for (int i = 0; i < 3 && !graph.sync(other::answer).equal(); i++) {}
        assertThat(hashes(graph)).containsAll(written);
        if (graph.entries(0, Integer.MAX_VALUE).stream().noneMatch(this::isOfTheFuture)) {
            assertThat(graph.stateHash()).isEqualTo(other.stateHash());
            assertThat(Replicas.seen(graph)).isEqualTo(Replicas.seen(other));
        }
        graph.close();
        fresh.close();
        other.close();
    }

    /** What the last entry can become, which nothing follows: so nothing contradicts it. */
    private boolean isOfTheFuture(Entry entry) {
        return entry.time().millis() > 2_000_000;
    }

    /** All that is told to who follows from the beginning. */
    private static List<Entry> follow(Graph graph) {
        List<Entry> all = new ArrayList<>();
        try (Subscription<Entry> tail = graph.subscribe(ArrivalCursor.BEGINNING)) {
            for (Optional<Entry> next = tail.next(Duration.ZERO);
                    next.isPresent();
                    next = tail.next(Duration.ZERO)) {
                all.add(next.get());
            }
        }
        return all;
    }
}
