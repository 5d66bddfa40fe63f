package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Row;
import dev.orrery.core.SegmentLog;
import dev.orrery.testkit.Told;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyncTest {
    private static final Ontology SERVERS =
            Ontology.define("any")
                    .node(
                            "Thing",
                            thing ->
                                    thing.subtype("s0", each -> {})
                                            .subtype("s1", each -> {})
                                            .subtype("s2", each -> {})
                                            .subtype("s3", each -> {})
                                            .subtype("s4", each -> {}))
                    .build();

    private final Replicas.Wall wall = new Replicas.Wall(1_000_000);
    private final List<LocalGraph> opened = new ArrayList<>();
    private final LocalGraph a = open("a");
    private final LocalGraph b = open("b");

    private LocalGraph open(String name) {
        return keep(Replicas.open(wall, name, Replicas.ANYTHING));
    }

    private LocalGraph keep(LocalGraph graph) {
        opened.add(graph);
        return graph;
    }

    @AfterEach
    void closeAll() {
        opened.forEach(LocalGraph::close);
    }

    private void write(LocalGraph graph, String prefix, int count) {
        for (int i = 0; i < count; i++) {
            wall.move(1);
            graph.addNode("Thing", prefix + i, Row.of("name", prefix + i, "at", i));
        }
    }

    private static int entries(SyncMessage.Entries answer) {
        return EntryChunk.decode(answer.chunk().toArray(), new EntryCodec()).size();
    }

    private static void assertEqual(LocalGraph one, LocalGraph... others) {
        for (LocalGraph other : others) {
            assertThat(Replicas.seen(other)).isEqualTo(Replicas.seen(one));
        }
    }

    @Test
    @DisplayName("AC-085, AC-086, AC-087 what differs is sent, and nothing else")
    void whatDiffersIsSent() {
        write(a, "n", 2);
        Synced first = b.sync(a::answer);
        assertThat(first.received()).isEqualTo(2);
        assertThat(b.nodes().list()).hasSize(2);

        Synced nothing = b.sync(a::answer);
        assertThat(nothing.received() + nothing.sent()).isZero();
        assertThat(nothing.equal()).isTrue();
        assertThat(nothing.rounds()).isEqualTo(1);
        assertThat(nothing.bytesSent()).isLessThan(100);
        assertThat(nothing.bytesReceived()).isLessThan(100);

        write(a, "one more", 1);
        Synced one = b.sync(a::answer);
        assertThat(one.received()).isEqualTo(1);
        assertThat(one.bytesReceived()).isLessThan(600);
        assertEqual(a, b);
    }

    @Test
    @DisplayName("AC-088, AC-089 both one ahead of much that is shared: two entries, few bytes")
    void bothAheadOfMuchThatIsShared() {
        write(a, "shared", 2_000);
        b.sync(a::answer);
        write(a, "left", 1);
        write(b, "right", 1);
        Synced synced = b.sync(a::answer);
        assertThat(synced.received()).isEqualTo(1);
        assertThat(synced.sent()).isEqualTo(1);
        assertThat(synced.bytesReceived() + synced.bytesSent()).isLessThan(2_000);
        assertThat(synced.equal()).isTrue();
        assertEqual(a, b);
    }

    @Test
    void aThousandAndFiveHundredInTwoThirdsOfTheirBytes() {
        write(a, "a", 1_000);
        write(b, "b", 500);
        Synced healed = b.sync(a::answer);
        assertThat(healed.received()).isEqualTo(1_000);
        assertThat(healed.sent()).isEqualTo(500);
        assertThat(healed.bytesReceived() + healed.bytesSent()).isLessThan(66_000);
        assertEqual(a, b);
    }

    @Test
    @DisplayName("AC-094 replicas that began on their own")
    void beganOnTheirOwn() {
        write(a, "a", 10);
        write(b, "b", 10);
        a.addEdge("joins", "e", "a1", "a2", Row.of());
        b.addEdge("joins", "f", "b1", "b2", Row.of());
        b.sync(a::answer);
        assertEqual(a, b);
        assertThat(a.edges().list()).hasSize(2);
    }

    @Test
    @DisplayName("AC-095 subtypes and properties come along")
    void subtypesComeAlong() {
        LocalGraph left = keep(Replicas.open(wall, "left", SERVERS));
        LocalGraph right = keep(Replicas.open(wall, "right", SERVERS));
        for (int i = 0; i < 50; i++) {
            left.addNode("Thing/s" + i % 5, "n" + i, Row.of("i", i));
        }
        assertThat(right.sync(left::answer).received()).isEqualTo(50);
        assertThat(right.nodes("Thing/s3").list()).hasSize(10);
        assertEqual(left, right);
    }

    @Test
    @DisplayName("AC-096 over TCP into a store, five times, then opened again")
    void overTcp(@TempDir Path directory) throws Exception {
        Graphs graphs =
                Graphs.on(Replicas.timeline()).clock(wall).replica("kept").directory(directory);
        try (TcpPeer peer = new TcpPeer(a);
                LocalGraph kept = (LocalGraph) graphs.open(Replicas.ANYTHING)) {
            for (int round = 0; round < 5; round++) {
                write(a, "r" + round + "-", 20);
                a.addEdge("joins", "e" + round, "r" + round + "-1", "r" + round + "-2", Row.of());
                kept.sync(peer);
            }
            assertEqual(a, kept);
        }
        try (LocalGraph kept = (LocalGraph) graphs.open(Replicas.ANYTHING)) {
            assertEqual(a, kept);
            assertThat(kept.edges("joins").list()).hasSize(5);
        }
    }

    @Test
    @DisplayName("AC-097, AC-098 what is lost on the way is made good")
    void lossIsMadeGood() {
        Random random = new Random(42);
        write(a, "shared", 100);
        b.sync(a::answer);
        write(a, "a", 50);
        write(b, "b", 50);
        Peer lossy =
                message -> {
                    if (random.nextBoolean()) {
                        throw new IOException("lost on the way there");
                    }
                    byte[] answer = a.answer(message);
                    if (random.nextInt(4) == 0) {
                        throw new IOException("lost on the way back");
                    }
                    return answer;
                };
        int rounds = 0;
        for (boolean equal = false; !equal; rounds++) {
            try {
                equal = b.sync(lossy).equal();
            } catch (Unavailable lost) {
                assertThat(lost.what()).contains("peer");
            }
        }
        assertEqual(a, b);
        assertThat(rounds).isLessThan(1_000);
    }

    @Test
    @DisplayName("AC-099, AC-100 a partition heals; alternating writers")
    void partitionsHeal() {
        LocalGraph c = open("c");
        a.addNode("Thing", "root", Row.of());
        b.sync(a::answer);
        c.sync(a::answer);
        write(a, "a", 10);
        write(b, "b", 10);
        b.sync(a::answer);
        write(c, "c", 10);
        c.sync(b::answer);
        a.sync(c::answer);
        assertThat(a.nodes().list()).hasSize(31);
        assertEqual(a, b, c);
        for (int i = 0; i < 100; i++) {
            write(i % 2 == 0 ? a : b, "alternating" + i, 1);
            if (i % 10 == 9) {
                a.sync(b::answer);
            }
        }
        assertEqual(a, b);
    }

    @Test
    @DisplayName("AC-092 entries in reverse")
    void entriesInReverse() {
        write(a, "n", 2_000);
        List<Entry> reversed = Replicas.entries(a).reversed();
        byte[] chunk = EntryChunk.encode(reversed);
        SyncMessage push = new SyncMessage.Push("any", Bytes.of(chunk));
        assertThat(SyncMessage.decode(b.answer(push.encode())))
                .isEqualTo(new SyncMessage.Taken(2_000, 0, 0));
        assertEqual(a, b);
    }

    @Test
    @DisplayName("AC-091 two histories of one author are told apart and both exchanged")
    void forkedAuthors() {
        SegmentLog store = SegmentLog.inMemory();
        LocalGraph original = Replicas.open(wall, "twin", Replicas.ANYTHING, store);
        write(original, "before", 300);
        List<Entry> before = Replicas.entries(original);
        LocalGraph copy = keep(Replicas.open(wall, "twin", Replicas.ANYTHING));
        copy.inside().merge(before);
        a.sync(original::answer);
        write(original, "first life", 40);
        write(copy, "second life", 40);
        a.sync(original::answer);
        b.sync(copy::answer);

        Synced synced = b.sync(a::answer);
        assertThat(synced.equal()).isTrue();
        assertThat(synced.received()).isEqualTo(40);
        assertThat(synced.sent()).isEqualTo(40);
        assertThat(synced.bytesReceived() + synced.bytesSent()).isLessThan(60_000);
        assertEqual(a, b);
        original.close();
    }

    @Test
    @DisplayName("AC-103, AC-106, AC-112 what is no message is refused, and nothing changes")
    void whatIsNoMessageIsRefused() throws Exception {
        write(a, "n", 20);
        List<Object> before = Replicas.seen(a);
        byte[] hello = new SyncMessage.Hello("any", "c", new Fingerprint().digest()).encode();
        byte[] newer = hello.clone();
        newer[1] = 9; // the version
        assertThat(refusal(a.answer(newer))).contains("version 9");
        assertThat(refusal(a.answer(new byte[0]))).isNotEmpty();
        assertThat(
                        refusal(
                                a.answer(
                                        new SyncMessage.Hello(
                                                        "other", "c", new Fingerprint().digest())
                                                .encode())))
                .contains("any");

        byte[] push =
                new SyncMessage.Push(
                                "any",
                                Bytes.of(EntryChunk.encode(List.copyOf(Replicas.entries(a)))))
                        .encode();
        assertThat(refusal(b.answer(Arrays.copyOf(push, push.length / 2)))).isNotEmpty();
        assertThat(b.nodes().list()).isEmpty();

        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = (random.nextBoolean() ? push : hello).clone();
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            b.answer(damaged);
        }
        assertThat(Replicas.seen(a)).isEqualTo(before);
        assertThat(Replicas.entries(a)).containsAll(Replicas.entries(b)); // none that is not true
        b.sync(a::answer);
        assertEqual(a, b);
    }

    /**
     * Two copies of one author went apart, and one side has something that the other does not take.
     */
    @Test
    void whatIsRefusedHidesNothingElseThatIsLacking() {
        LocalGraph one = open("same");
        LocalGraph other = open("same");
        write(one, "one", 1);
        write(other, "other", 1);
        a.sync(one::answer);
        b.sync(other::answer);
        LocalGraph early =
                keep(
                        Replicas.open(
                                new Replicas.Wall(
                                        wall.instant().plus(Duration.ofDays(9)).toEpochMilli()),
                                "early",
                                Replicas.ANYTHING));
        early.addNode("Thing", "of the future", Row.of());
        wall.move(Duration.ofDays(9).toMillis());
        a.sync(early::answer);
        wall.move(-Duration.ofDays(9).toMillis());
        b.sync(a::answer);
        b.sync(a::answer);
        assertThat(a.nodes().keys()).containsExactly("of the future", "one0", "other0");
        assertThat(b.nodes().keys()).containsExactly("one0", "other0");
    }

    private static String refusal(byte[] answer) {
        return ((SyncMessage.Refusal) SyncMessage.decode(answer)).why();
    }

    @Test
    @DisplayName("AC-112 many invented heads do not make the answer long")
    void inventedHeads() {
        write(a, "n", 10);
        TreeMap<String, VersionVector.Known> many = new TreeMap<>();
        for (int i = 0; i < 100_000; i++) {
            many.put("invented" + i, new VersionVector.Known(i + 1, i));
        }
        byte[] pull =
                new SyncMessage.Pull("any", new VersionVector(many), List.of(), 0, 1 << 20)
                        .encode();
        assertThat(a.answer(pull).length).isLessThan(64 << 10);
    }

    @Test
    @DisplayName("AC-105 what is pushed twice counts once")
    void twiceIsOnce() {
        write(a, "n", 5);
        SyncMessage push =
                new SyncMessage.Push("any", Bytes.of(EntryChunk.encode(Replicas.entries(a))));
        b.answer(push.encode());
        List<Object> once = Replicas.seen(b);
        assertThat(SyncMessage.decode(b.answer(push.encode())))
                .isEqualTo(new SyncMessage.Taken(0, 0, 0));
        assertThat(Replicas.seen(b)).isEqualTo(once);
    }

    @Test
    @DisplayName("AC-115 a chunk that swells is refused before it has")
    void swellingChunks() {
        Deflater deflater = new Deflater(9, true);
        deflater.setInput(new byte[64 << 20]);
        deflater.finish();
        byte[] bomb = new byte[1 << 20];
        int length = deflater.deflate(bomb, Fingerprint.BYTES, 1 << 19) + Fingerprint.BYTES;
        deflater.end();
        assertThatThrownBy(() -> EntryChunk.decode(Arrays.copyOf(bomb, length), new EntryCodec()))
                .isInstanceOf(OrreryException.LimitExceeded.class);
    }

    @Test
    @DisplayName("AC-113 a peer that floods is told to come later")
    void aPeerThatFloodsIsToldToComeLater() { // law G63
        PeerBudget budget = new PeerBudget(PeerBudget.LEAST_BYTES, Duration.ofMinutes(1));
        Peer limited = b.answering(budget);
        Random random = new Random(1);
        long given = 0;
        long entries = 0;
        SyncMessage answer = new SyncMessage.Taken(0, 0, 0);
        while (answer instanceof SyncMessage.Taken && given < 4 * budget.bytes()) {
            for (int i = 0; i < 1_000; i++) {
                byte[] noise = new byte[500];
                random.nextBytes(noise);
                a.addNode("Thing", given + "-" + i, Row.of("noise", Bytes.of(noise)));
            }
            List<Entry> some = a.entries(entries, Integer.MAX_VALUE);
            entries = a.entryCount();
            byte[] push = new SyncMessage.Push("any", Bytes.of(EntryChunk.encode(some))).encode();
            given += push.length;
            answer = SyncMessage.decode(answered(limited, push));
        }
        assertThat(answer).isInstanceOf(SyncMessage.Later.class);
        assertThat(given).isBetween(budget.bytes() / 2, 2 * budget.bytes());
        assertThat(b.entryCount()).isLessThan(a.entryCount());
        assertThatThrownBy(() -> a.sync(limited)).isInstanceOf(Unavailable.class);

        wall.move(((SyncMessage.Later) answer).millis());
        LocalGraph other = open("other");
        assertThat(other.sync(b::answer).equal()).isTrue(); // nobody else waits
        wall.move(Duration.ofMinutes(1).toMillis());
        a.sync(limited);
        assertEqual(a, b);
    }

    private static byte[] answered(Peer peer, byte[] message) {
        try {
            return peer.answer(message);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aPeerThatAnswersNonsenseChangesNothing() {
        write(a, "n", 5);
        List<Object> before = Replicas.seen(a);
        assertThatThrownBy(() -> a.sync(_ -> new byte[] {1, 2, 3})).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> a.sync(_ -> new SyncMessage.Taken(1, 1, 1).encode()))
                .isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> a.sync(_ -> new SyncMessage.Refusal("no").encode()))
                .isInstanceOf(Unsupported.class);
        assertThat(Replicas.seen(a)).isEqualTo(before);
    }

    @Test
    void chunksAreSmallAndAnExchangeGoesOn() {
        for (int i = 0; i < 400; i++) {
            a.addNode("Thing", "n" + i, Row.of("text", random(i)));
        }
        List<SyncMessage.Entries> given = new ArrayList<>();
        Peer breaksOff =
                message -> {
                    if (given.size() == 2) {
                        throw new IOException("the line went dead");
                    }
                    byte[] answer = a.answer(message);
                    assertThat(answer.length).isLessThan(2 << 20);
                    if (SyncMessage.decode(answer) instanceof SyncMessage.Entries chunk) {
                        given.add(chunk);
                    }
                    return answer;
                };
        assertThatThrownBy(() -> b.sync(breaksOff)).isInstanceOf(Unavailable.class);
        long had = b.entryCount();
        assertThat(had).isEqualTo(1 + given.stream().mapToLong(SyncTest::entries).sum());
        Synced rest = b.sync(a::answer);
        assertThat(rest.received()).isEqualTo(401 - had);
        assertEqual(a, b);
    }

    @Test
    @DisplayName("AC-175 how many peers a round has")
    void fanOut() {
        assertThat(IntStream.of(0, 1, 2, 50, 100, 1_000, 10_000).map(Gossip::fanOut))
                .containsExactly(0, 1, 2, 5, 6, 8, 11);
    }

    @Test
    void gossipReachesEverybodyAndSaysWhoIsAway() throws Exception {
        List<LocalGraph> all = new ArrayList<>(List.of(a, b));
        for (int i = 0; i < 6; i++) {
            all.add(open("r" + i));
        }
        List<Gossip> gossips = new ArrayList<>();
        for (LocalGraph one : all) {
            Map<String, Peer> others = new HashMap<>();
            all.stream()
                    .filter(other -> other != one)
                    .forEach(other -> others.put(other.replica(), other::answer));
            others.put(
                    "nobody",
                    _ -> {
                        throw new IOException("nobody is there");
                    });
            gossips.add(one.gossip(() -> others, Duration.ofMillis(5)));
        }
        write(a, "a", 20);
        write(b, "b", 20);
        Hash goal = keep(open("goal")).stateHash();
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (all.stream().anyMatch(one -> one.nodes().list().size() < 40)
                || gossips.stream().allMatch(gossip -> gossip.away().isEmpty())) {
            assertThat(System.nanoTime()).as("gossip reaches everybody").isLessThan(deadline);
            Thread.sleep(5);
        }
        gossips.forEach(Gossip::close);
        assertThat(all)
                .extracting(LocalGraph::stateHash)
                .doesNotContain(goal)
                .containsOnly(a.stateHash());
        assertThat(gossips)
                .anySatisfy(gossip -> assertThat(gossip.away()).containsOnlyKeys("nobody"));
    }

    @Test
    void aPeerThatIsAwayIsToldOfOncePerReason() throws Exception {
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch asked = new CountDownLatch(6);
        Peer away =
                _ -> {
                    asked.countDown();
                    throw new IOException(asked.getCount() >= 3 ? "no route" : "not let in");
                };
        try (Told _ = Told.by(Gossip.class, lines);
                Gossip _ = a.gossip(() -> Map.of("b", away), Duration.ofMillis(1))) {
            assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(lines)
                .satisfiesExactly(
                        line ->
                                assertThat(line)
                                        .contains("cannot sync with b")
                                        .contains("no route"),
                        line -> assertThat(line).contains("not let in"));
    }

    private static String random(long seed) {
        return new Random(seed)
                .ints(10_000, 'a', 'z')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** A peer behind a socket: a length, then a message. */
    private static final class TcpPeer implements Peer, AutoCloseable {
        private final ServerSocket server =
                new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final Socket client;
        private final DataInputStream in;
        private final DataOutputStream out;

        TcpPeer(Graph graph) throws IOException {
            Thread.ofVirtual().start(() -> serve(graph));
            client = new Socket(server.getInetAddress(), server.getLocalPort());
            in = new DataInputStream(client.getInputStream());
            out = new DataOutputStream(client.getOutputStream());
        }

        private void serve(Graph graph) {
            try (Socket socket = server.accept()) {
                DataInputStream asked = new DataInputStream(socket.getInputStream());
                DataOutputStream answers = new DataOutputStream(socket.getOutputStream());
                while (true) {
                    byte[] answer = graph.answer(asked.readNBytes(asked.readInt()));
                    answers.writeInt(answer.length);
                    answers.write(answer);
                }
            } catch (IOException ended) {
                // the client has gone
            }
        }

        @Override
        public byte[] answer(byte[] message) throws IOException {
            out.writeInt(message.length);
            out.write(message);
            return in.readNBytes(in.readInt());
        }

        @Override
        public void close() throws IOException {
            client.close();
            server.close();
        }
    }
}
