package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store's file, cut and flipped at every byte: a completed save or a cold start. Law Q33. */
class StoreDamageTest {
    private static final String SEGMENT = "00000000000000000001.segment";
    private static final String[] KEYS = {"a", "b"};

    @TempDir Path directory;

    private final List<Map<String, String>> states = new ArrayList<>();
    private final List<Long> lengths = new ArrayList<>();
    private byte[] whole = {};

    @BeforeEach
    void threeSaves() throws IOException {
        Path first = directory.resolve("whole");
        states.add(Map.of());
        lengths.add(0L);
        try (StoredLife life = new StoredLife(first)) {
            save(life, first, () -> life.text.set("a", "hello"));
            save(
                    life,
                    first,
                    () -> {
                        life.text.set("b", "hello");
                        life.text.set("a", "he");
                    });
            save(life, first, () -> life.text.remove("b"));
        }
        whole = Files.readAllBytes(first.resolve(SEGMENT));
    }

    private void save(StoredLife life, Path where, Runnable change) throws IOException {
        change.run();
        life.ask(KEYS);
        life.queries.save();
        states.add(life.facts());
        lengths.add(Files.size(where.resolve(SEGMENT)));
    }

    private Path damaged(String name, byte[] bytes) throws IOException {
        Path where = Files.createDirectories(directory.resolve(name));
        Files.write(where.resolve(SEGMENT), bytes);
        return where;
    }

    @Test
    @DisplayName("K15: a file cut at any byte is the newest save that is whole in it")
    void everyTruncationIsTheNewestWholeSave() throws IOException {
        for (int length = 0; length < whole.length; length++) {
            Path where = damaged("cut " + length, Arrays.copyOf(whole, length));
            int saves = 0;
            while (saves + 1 < lengths.size() && lengths.get(saves + 1) <= length) {
                saves++;
            }
            try (StoredLife life = new StoredLife(where)) {
                assertThat(life.facts()).as("cut at %s", length).isEqualTo(states.get(saves));
                assertThat(life.isRight(KEYS)).as("cut at %s", length).isTrue();
                assertThat(life.ran.isEmpty()).as("cut at %s", length).isEqualTo(saves > 0);
            }
        }
    }

    @Test
    void everyFlippedByteIsACompletedSaveOrAColdStart() throws IOException {
        for (int at = 0; at < whole.length; at++) {
            byte[] bytes = whole.clone();
            bytes[at] ^= (byte) (at % 2 == 0 ? 0xff : 1 << at / 2 % 8);
            String what = "byte " + at;
            try (StoredLife life = new StoredLife(damaged("flip " + at, bytes))) {
                assertThat(states).as(what).contains(life.facts());
                assertThat(life.isRight(KEYS)).as(what).isTrue();
            }
        }
    }

    @Test
    void aSaveAfterDamageIsFoundAgain() throws IOException {
        for (int at = 0; at < whole.length; at += 17) {
            byte[] bytes = whole.clone();
            bytes[at] ^= (byte) 0xff;
            String what = "byte " + at;
            try (StoredLife life = new StoredLife(damaged(what, bytes))) {
                life.text.set("a", "later");
                life.ask(KEYS);
                life.queries.save();
            }
            try (StoredLife life = new StoredLife(directory.resolve(what))) {
                assertThat(life.facts()).as(what).containsEntry("a", "later");
                assertThat(life.store.restored().state()).as(what).isEqualTo(Restored.State.NEWEST);
                assertThat(life.isRight(KEYS)).as(what).isTrue();
                assertThat(life.ran).as(what).isEmpty();
            }
        }
    }

    @Test
    void aDamagedResultCostsThatResult() throws IOException {
        byte[] bytes = whole.clone();
        int lastMemo = indexOfLast(bytes, "twice".length());
        bytes[lastMemo] ^= 1;
        try (StoredLife life = new StoredLife(damaged("memo", bytes))) {
            assertThat(life.store.restored().state()).isEqualTo(Restored.State.NEWEST);
            assertThat(life.store.restored().lost()).isEqualTo(1);
            assertThat(life.facts()).isEqualTo(states.getLast());
            assertThat(life.isRight(KEYS)).isTrue();
        }
    }

    /** Somewhere in the body of a memo of the last save: right before its commit. */
    private int indexOfLast(byte[] bytes, int back) {
        int commit = bytes.length - 1;
        while (bytes[commit - 1] != StoredRecord.COMMIT || bytes[commit] != (byte) 0xa5) {
            commit--;
        }
        return commit - 1 - 16 - back; // the segment's own head of the commit, then into the memo
    }

    @Test
    void aRevisionNeverGoesBackAlsoWhenSavesAreDamaged() throws IOException {
        byte[] bytes = whole.clone();
        bytes[(int) (long) lengths.get(1) + 60] ^= 1; // the second save
        try (StoredLife life = new StoredLife(damaged("back", bytes))) {
            assertThat(life.facts()).isEqualTo(states.get(1));
            assertThat(life.store.restored().state()).isEqualTo(Restored.State.OLDER);
            assertThat(life.store.restored().revision().number()).isEqualTo(1);
            assertThat(life.timeline.now().number()).isEqualTo(4);
        }
    }

    @Test
    void whateverBytesARecordHasTheyAreARecordOrNone() throws Exception {
        long seed = Long.getLong("orrery.seed", System.nanoTime());
        Random random = new Random(seed);
        byte[][] good = {
            StoredRecord.bytes(new StoredRecord.Begin("life", 5, true)),
            StoredRecord.bytes(
                    new StoredRecord.Declared(
                            3,
                            StoredRecord.Role.SET,
                            "rows",
                            Bytes.of(new byte[32]),
                            Print.ABSENT)),
            StoredRecord.bytes(
                    new StoredRecord.Fact(3, Bytes.of((byte) 7), Optional.of(Bytes.of((byte) 8)))),
            StoredRecord.bytes(
                    4,
                    new StoredRecord.Remembered(
                            Bytes.of((byte) 1),
                            Bytes.of((byte) 2),
                            List.of(new StoredRecord.Read(3, Bytes.of((byte) 1), Print.ABSENT)))),
            StoredRecord.bytes(new StoredRecord.Commit(1, 5, 1, 1, 1))
        };
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = good[random.nextInt(good.length)].clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 8));
            try {
                StoredRecord.parse(bytes);
                StoredRecord.remembered(4, bytes);
            } catch (StoredRecord.NewerFormat refused) {
                assertThat(bytes[0]).isEqualTo(StoredRecord.BEGIN);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }
}
