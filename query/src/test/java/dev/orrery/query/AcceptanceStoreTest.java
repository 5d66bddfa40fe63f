package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.LimitExceeded;
import dev.orrery.core.OrreryException.StorageFailure;
import dev.orrery.core.Revision;
import dev.orrery.core.SegmentLog;
import dev.orrery.core.Timeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The cases of persistence, in the sense they have here: a store is a log of saves, not a file that
 * is written anew, so "loaded" is the state of the newest save, and policies about a damaged file
 * are one rule, a cold start that is reported.
 */
class AcceptanceStoreTest {
    @TempDir Path directory;

    private StoredLife live() {
        return new StoredLife(directory);
    }

    @Test
    @DisplayName("K1: a stored result is served without a run, and one change is one run each")
    void aStoredResultIsServedWithoutARun() {
        try (StoredLife life = live()) {
            life.text.set("a", "hello");
            life.ask("a");
            life.queries.save();
        }
        try (StoredLife life = live()) {
            assertThat(life.twice.of("a")).isEqualTo(10);
            assertThat(life.hellos.now()).isEqualTo(1);
            assertThat(life.ran).isEmpty();
            life.text.set("a", "hello!");
            assertThat(life.twice.of("a")).isEqualTo(12);
            assertThat(life.ran).containsExactly("length a", "twice a");
        }
    }

    @Test
    @DisplayName("K2: without a file it is a cold start, and no error")
    void withoutAFileItIsAColdStart() {
        try (StoredLife life = live()) {
            assertThat(life.store.restored())
                    .isEqualTo(new Restored(Restored.State.COLD, new Revision(0), 0, 0, 0, 0));
        }
    }

    @Test
    @DisplayName(
            "K3: garbage is a cold start, reported, and stays where it is; saves go on behind it")
    void garbageIsAColdStart() throws IOException {
        byte[] garbage = new byte[300];
        new Random(3).nextBytes(garbage);
        Path file = directory.resolve("00000000000000000001.segment");
        Files.write(file, garbage);
        try (StoredLife life = live()) {
            assertThat(life.store.restored().state()).isEqualTo(Restored.State.COLD);
            life.text.set("a", "hello");
            life.queries.save();
        }
        assertThat(file).hasBinaryContent(garbage);
        try (StoredLife life = live()) {
            assertThat(life.facts()).isEqualTo(Map.of("a", "hello"));
        }
    }

    @Test
    @DisplayName("K3: records of something else are passed over, reported, and never deleted")
    void recordsOfSomethingElseAreKept() {
        try (SegmentLog log =
                SegmentLog.open(directory, SegmentLog.Options.DEFAULT.segmentBytes(1 << 10))) {
            for (int i = 0; i < 100; i++) {
                log.append(
                        ("somebody's record " + i)
                                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
        }
        try (StoredLife life = live()) {
            assertThat(life.store.restored().state()).isEqualTo(Restored.State.COLD);
            assertThat(life.store.restored().foreign()).isEqualTo(100);
            for (int i = 0; i < 200; i++) {
                life.text.set("a", "x".repeat(1000) + i);
                life.queries.save();
            }
        }
        try (SegmentLog log = SegmentLog.open(directory)) {
            assertThat(log.start()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("K4, L12: a size is checked before memory is taken for it")
    void aSizeIsCheckedBeforeMemoryIsTaken() throws Exception {
        byte[] claims = {StoredRecord.FACT, (byte) 0xbb, 0x7f, -1, -1, -1, -1, -1, -1, -1};
        assertThat(StoredRecord.parse(claims)).isNull();
        byte[] bytes = {StoredRecord.FACT, (byte) 0xa1, 0x61, 'k', 0x5b, 0x7f, -1, -1, -1, -1, -1};
        assertThat(StoredRecord.parse(bytes)).isNull();
        try (StoredLife life = live()) {
            life.text.set("a", "x".repeat(QueryStore.LONGEST_RECORD));
            life.text.set("b", "short");
            LimitExceeded refused = catchThrowableOfType(LimitExceeded.class, life.queries::save);
            assertThat(refused).isNotNull();
            life.text.remove("a");
            assertThat(life.queries.save().facts()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("K5: what nobody defines any more is passed over, and the revision goes on")
    void whatNobodyDefinesIsPassedOver() {
        try (SegmentLog log = SegmentLog.open(directory)) {
            log.append(StoredRecord.bytes(new StoredRecord.Begin("old", 123, false)));
            log.append(
                    StoredRecord.bytes(
                            new StoredRecord.Declared(
                                    999,
                                    StoredRecord.Role.QUERY,
                                    "gone",
                                    Bytes.of((byte) 1),
                                    Print.ABSENT)));
            log.append(StoredRecord.bytes(new StoredRecord.Commit(1, 123, 1, 0, 0)));
        }
        try (StoredLife life = live()) {
            assertThat(life.store.restored().state()).isEqualTo(Restored.State.NEWEST);
            assertThat(life.timeline.now()).isEqualTo(new Revision(123));
        }
    }

    @Test
    @DisplayName("K6: a query of other types, or of another version of its code, is not used")
    void aQueryOfOtherTypesIsNotUsed() {
        try (QueryStore store = QueryStore.open(directory)) {
            Queries queries = queries(store);
            assertThat(queries.query("q", String.class, Integer.class, _ -> 1).of("a"))
                    .isEqualTo(1);
            assertThat(
                            queries.define("v", String.class, Integer.class)
                                    .version(1)
                                    .as(_ -> 1)
                                    .of("a"))
                    .isEqualTo(1);
            assertThat(queries.save().memos()).isEqualTo(2);
            queries.close();
        }
        try (QueryStore store = QueryStore.open(directory)) {
            Queries queries = queries(store);
            assertThat(queries.query("q", String.class, Long.class, _ -> 2L).of("a")).isEqualTo(2L);
            assertThat(
                            queries.define("v", String.class, Integer.class)
                                    .version(2)
                                    .as(_ -> 2)
                                    .of("a"))
                    .isEqualTo(2);
            queries.close();
        }
    }

    @Test
    @DisplayName(
            "K6: facts that do not fit an input's types are kept aside and come back with them")
    void factsThatDoNotFitAreKeptAside() {
        try (StoredLife life = live()) {
            life.text.set("a", "hello");
            life.queries.save();
        }
        try (QueryStore store = QueryStore.open(directory)) {
            Queries queries = queries(store);
            Input<String, Integer> numbers = queries.input("text", String.class, Integer.class);
            assertThat(numbers.find("a")).isEmpty();
            numbers.set("a", 5);
            queries.save();
            queries.close();
        }
        try (StoredLife life = live()) {
            assertThat(life.facts()).isEqualTo(Map.of("a", "hello"));
        }
    }

    private static Queries queries(QueryStore store) {
        return new Queries(
                Timeline.startingAt("test", store.revision()), Thread.ofVirtual().factory(), store);
    }

    @Test
    @DisplayName("K7: a newer format is refused by name, from the head of a save alone")
    void aNewerFormatIsRefused() {
        try (SegmentLog log = SegmentLog.open(directory)) {
            log.append(
                    StoredRecord.bytes(
                            StoredRecord.FORMAT + 1, new StoredRecord.Begin("new", 7, false)));
            log.append(new byte[] {1, 2, 3});
        }
        StorageFailure refused =
                catchThrowableOfType(StorageFailure.class, () -> QueryStore.open(directory));
        assertThat(refused.kind()).isEqualTo(StorageFailure.Kind.NEWER_FORMAT);
        assertThat(refused).hasMessageContaining("newer version");
        try (SegmentLog log = SegmentLog.open(directory)) { // let go of, and untouched
            assertThat(log.end()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("K8: a name defined twice is refused and costs no record")
    void aNameDefinedTwiceIsRefused() {
        try (StoredLife life = live()) {
            life.text.set("a", "hello");
            life.queries.save();
            assertThatThrownBy(() -> life.queries.input("text", String.class, String.class))
                    .isInstanceOf(BadDefinition.class);
        }
        try (StoredLife life = live()) {
            assertThat(life.facts()).isEqualTo(Map.of("a", "hello"));
        }
    }

    @Test
    @DisplayName("K16: a save beside a writer is of one commit")
    void aSaveBesideAWriterIsOfOneCommit() throws InterruptedException {
        AtomicBoolean done = new AtomicBoolean();
        for (int round = 0; round < 20; round++) {
            done.set(false);
            try (StoredLife life = live()) {
                Thread writer =
                        Thread.startVirtualThread(() -> {
                            for (int i = 0; !done.get(); i++) {
                                String value = "x".repeat(i % 50);
                                life.timeline.commit(() -> {
                                    life.text.set("a", value);
                                    life.text.set("b", value);
                                });
                                life.ask("a", "b");
                            }
                        });
                for (int i = 0; i < 10; i++) {
                    life.queries.save();
                }
                done.set(true);
                writer.join();
            }
            try (StoredLife life = live()) {
                assertThat(life.facts().get("a")).isEqualTo(life.facts().get("b"));
                assertThat(life.isRight("a", "b")).isTrue();
            }
        }
    }

    @Test
    @DisplayName("K19: a failure is not stored; its readers are computed anew")
    void aFailureIsNotStored() {
        for (int run = 1; run <= 2; run++) {
            try (QueryStore store = QueryStore.open(directory)) {
                Queries queries = queries(store);
                int now = run;
                Query<String, Integer> broken =
                        queries.query(
                                "broken",
                                String.class,
                                Integer.class,
                                _ -> {
                                    if (now == 1) {
                                        throw new IllegalStateException("broken");
                                    }
                                    return now;
                                });
                Query<String, Integer> careful =
                        queries.query(
                                "careful",
                                String.class,
                                Integer.class,
                                key -> broken.outcome(key) instanceof Outcome.Failed<?> ? -1 : 1);
                assertThat(careful.of("a")).isEqualTo(run == 1 ? -1 : 1);
                assertThat(queries.save().memos()).isEqualTo(run == 1 ? 0 : 2);
                queries.close();
            }
        }
    }

    @Test
    @DisplayName(
            "L1: a save writes what changed since the last, and the revision goes on behind it")
    void aSaveWritesWhatChanged() {
        try (StoredLife life = live()) {
            for (int i = 0; i < 4; i++) {
                life.text.set("key " + i, "x");
            }
            assertThat(life.queries.save().facts()).isEqualTo(4);
            life.text.set("key 1", "xx");
            life.text.set("key 2", "xx");
            life.text.set("new", "xx");
            life.text.set("key 1", "xxx");
            Saved saved = life.queries.save();
            assertThat(saved.facts()).isEqualTo(3);
            assertThat(saved.revision()).isEqualTo(new Revision(8));
            assertThat(life.queries.save()).isEqualTo(new Saved(new Revision(8), 0, 0, 0));
        }
        try (StoredLife life = live()) {
            assertThat(life.timeline.now()).isEqualTo(new Revision(8));
            assertThat(life.facts())
                    .isEqualTo(
                            Map.of(
                                    "key 0", "x", "key 1", "xxx", "key 2", "xx", "key 3", "x",
                                    "new", "xx"));
        }
    }

    @Test
    @DisplayName("L2: old records are dropped, and everything is there at the same revision")
    void oldRecordsAreDropped() {
        SegmentLog.Options small = SegmentLog.Options.DEFAULT.segmentBytes(16 << 10);
        try (StoredLife life =
                new StoredLife(QueryStore.over(SegmentLog.open(directory, small), 16 << 10))) {
            life.text.set("first", "hello");
            for (int i = 0; i < 400; i++) {
                life.text.set("a", "x".repeat(500) + i);
                life.ask("a", "first");
                life.queries.save();
                assertThat(life.store.bytes()).isLessThan(40 << 10);
            }
        }
        try (SegmentLog log = SegmentLog.open(directory, small)) {
            assertThat(log.start()).isGreaterThan(1000);
        }
        try (StoredLife life = live()) {
            assertThat(life.timeline.now()).isEqualTo(new Revision(401));
            assertThat(life.isRight("a", "first")).isTrue();
            assertThat(life.facts()).containsKeys("a", "first");
            assertThat(life.ran).isEmpty();
        }
    }

    @Test
    @DisplayName("L3: a timeline that begins before the store's revision is refused")
    void aTimelineThatBeginsEarlierIsRefused() {
        try (StoredLife life = live()) {
            life.text.set("a", "hello");
            life.queries.save();
        }
        try (QueryStore store = QueryStore.open(directory)) {
            Timeline early = Timeline.startingAt("early", new Revision(0));
            assertThatThrownBy(() -> new Queries(early, Thread.ofVirtual().factory(), store))
                    .isInstanceOf(BadDefinition.class)
                    .hasMessageContaining("begin it at r1");
        }
    }

    @Test
    @DisplayName("L4: an empty log has no facts")
    void anEmptyLogHasNoFacts() {
        SegmentLog.open(directory).close();
        try (StoredLife life = live()) {
            assertThat(life.store.restored().facts()).isZero();
            assertThat(life.facts()).isEmpty();
        }
    }

    @Test
    @DisplayName("L5: records of unknown kinds are passed over and counted apart")
    void recordsOfUnknownKindsAreCountedApart() {
        try (SegmentLog log = SegmentLog.open(directory)) {
            log.append(StoredRecord.bytes(new StoredRecord.Begin("old", 3, false)));
            log.append(new byte[] {99, 1, 2});
            log.append(
                    StoredRecord.bytes(
                            new StoredRecord.Fact(1, Bytes.of((byte) 1), Optional.empty())));
            log.append(StoredRecord.bytes(new StoredRecord.Commit(1, 3, 0, 1, 0)));
        }
        try (StoredLife life = live()) {
            assertThat(life.store.restored().foreign()).isEqualTo(1);
            assertThat(life.store.restored().state()).isEqualTo(Restored.State.NEWEST);
        }
    }

    @Test
    @DisplayName("L13: a removal is stored, and replayed as absence")
    void aRemovalIsStored() {
        try (StoredLife life = live()) {
            life.text.set("a", "hello");
            life.text.set("b", "hello");
            life.ask("a", "b");
            life.queries.save();
            life.text.remove("a");
            assertThat(life.queries.save().facts()).isEqualTo(1);
        }
        try (StoredLife life = live()) {
            assertThat(life.facts()).isEqualTo(Map.of("b", "hello"));
            assertThat(life.isRight("a", "b")).isTrue();
            assertThat(life.ran).containsExactlyInAnyOrder("length a", "twice a", "hellos");
        }
    }
}
