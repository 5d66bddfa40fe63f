package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The places of memos, against a map. */
class MemoIndexTest {
    @Test
    void itFindsTheNewestPlaceOfEachHash() {
        Random random = new Random(7);
        MemoIndex index = new MemoIndex();
        Map<Long, Long> expected = new HashMap<>();
        for (int position = 1; position <= 100_000; position++) {
            long hash = random.nextInt(30_000) * 0x9e3779b97f4a7c15L;
            long place = MemoIndex.place(position, 1 + random.nextInt(500));
            index.put(hash, place);
            expected.put(hash, place);
        }
        assertThat(index.size()).isEqualTo(expected.size());
        expected.forEach((hash, place) -> assertThat(index.find(hash)).isEqualTo(place));
        assertThat(index.find(12345)).isZero();
        assertThat(index.bytes())
                .isEqualTo(expected.values().stream().mapToLong(MemoIndex::length).sum());
        assertThat(index.memoryBytes()).isLessThan(45L * index.size());
    }

    @Test
    void theNewestWithinABudgetStay() {
        MemoIndex index = new MemoIndex();
        for (int position = 1; position <= 10; position++) {
            index.put(position * 31L, MemoIndex.place(position, 100));
        }
        assertThat(index.oldestWithin(1000)).isZero();
        assertThat(index.oldestWithin(350)).isEqualTo(8);
    }

    @Test
    void aRecordsLengthAndPositionSurviveTheirPacking() {
        long place = MemoIndex.place(1L << 39, 16 << 20);
        assertThat(MemoIndex.position(place)).isEqualTo(1L << 39);
        assertThat(MemoIndex.length(place)).isEqualTo(MemoIndex.LONGEST);
    }
}
