package dev.orrery.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Cursor.Numbered;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A ring in front of a store. Laws C55 and C56; over random histories in channel. */
@Timeout(60)
class StoredFeedTest {
    private static final Duration NOW = Duration.ZERO;

    private final Kept kept = new Kept();
    private final StoredFeed<Integer, Integer> feed = new StoredFeed<>(kept, 4);

    private static Numbered at(long offset) {
        return new Numbered("e", offset);
    }

    private static Update.Delta<Integer, Integer> delta(int n) {
        return new Update.Delta<>(at(n), n);
    }

    /** Numbers from one on; the state is the last one. */
    private static final class Kept implements StoredFeed.Store<Integer, Integer> {
        private final AtomicInteger reads = new AtomicInteger();
        private int newest;
        private int oldest = 1;

        @Override
        public Numbered head() {
            return at(newest);
        }

        @Override
        public Update.Whole<Integer, Integer> whole() {
            reads.incrementAndGet();
            return new Update.Whole<>(at(newest), newest);
        }

        @Override
        public Optional<List<Update.Delta<Integer, Integer>>> after(Numbered place, int most) {
            reads.incrementAndGet();
            int from = (int) place.offset() + 1;
            if (!place.epoch().equals("e") || from < oldest || from > newest + 1) {
                return Optional.empty();
            }
            return Optional.of(
                    IntStream.rangeClosed(from, Math.min(newest, from + most - 1))
                            .mapToObj(StoredFeedTest::delta)
                            .toList());
        }
    }

    private void commit(int count) {
        for (int i = 0; i < count; i++) {
            kept.newest = kept.newest + 1;
            feed.offer(delta(kept.newest));
        }
    }

    @Test
    void theWholeComesFirstAndThenEveryDifferenceHoweverFarTheReaderFallsBehind() { // C55
        commit(3);
        try (var reader = feed.subscribe()) {
            assertThat(reader.next()).isEqualTo(new Update.Whole<>(at(3), 3));
            commit(1_000);
            for (int n = 4; n <= 1_003; n++) {
                assertThat(reader.next()).isEqualTo(delta(n));
            }
            assertThat(reader.next(NOW)).isEmpty();
            assertThat(reader.cursor()).isEqualTo(at(1_003));
        }
    }

    @Test
    void whoReturnsGetsExactlyWhatTheStoreKeepsAndTheWholeOtherwise() { // C55
        commit(620);
        kept.oldest = 101;
        try (var reader = feed.subscribe(feed.cursor("e:500"))) {
            for (int n = 501; n <= 620; n++) {
                assertThat(reader.next()).isEqualTo(delta(n));
            }
            assertThat(reader.next(NOW)).isEmpty();
        }
        for (String place : new String[] {"e:99", "e:621", "other:600"}) {
            try (var reader = feed.subscribe(feed.cursor(place))) {
                assertThat(reader.next()).as(place).isEqualTo(new Update.Whole<>(at(620), 620));
            }
        }
        try (var reader = feed.subscribe(at(100))) {
            assertThat(reader.next()).isEqualTo(delta(101));
        }
    }

    @Test
    void thoseWhoKeepUpNeverAskTheStoreAgain() { // C55
        List<Subscription<Update<Integer, Integer>>> readers = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            Subscription<Update<Integer, Integer>> reader = feed.subscribe();
            reader.next();
            readers.add(reader);
        }
        assertThat(kept.reads).hasValue(1_000);
        for (int round = 0; round < 10; round++) {
            commit(4);
            for (Subscription<Update<Integer, Integer>> reader : readers) {
                assertThat(reader.nextBatch(4, NOW)).hasSize(4);
            }
        }
        assertThat(kept.reads).hasValue(1_000);
    }

    @Test
    void anOfferThatComesAgainOrNotAtAllDoesNoHarm() { // C56
        try (var reader = feed.subscribe()) {
            reader.next();
            commit(2);
            feed.offer(delta(1));
            kept.newest = 5;
            feed.offer(delta(5));
            for (int n = 1; n <= 5; n++) {
                assertThat(reader.next()).isEqualTo(delta(n));
            }
            kept.newest = 6;
            assertThat(reader.next(NOW)).isEmpty();
            feed.reread();
            assertThat(reader.next()).isEqualTo(delta(6));
        }
    }

    @Test
    void closingEndsAWait() {
        Subscription<Update<Integer, Integer>> reader = feed.subscribe();
        reader.next();
        Thread.ofVirtual().start(reader::close);
        assertThatThrownBy(reader::next).isInstanceOf(OrreryException.Closed.class);
        assertThatThrownBy(reader::next).isInstanceOf(OrreryException.Closed.class);
    }

    @Test
    void endingAllEndsThoseThatFollowAndNobodyWhoComesLater() {
        Subscription<Update<Integer, Integer>> reader = feed.subscribe();
        reader.next();
        Thread.ofVirtual().start(feed::endAll);
        assertThatThrownBy(reader::next).isInstanceOf(OrreryException.Closed.class);
        commit(1);
        try (var later = feed.subscribe(at(0))) {
            assertThat(later.next()).isEqualTo(delta(1));
        }
    }
}
