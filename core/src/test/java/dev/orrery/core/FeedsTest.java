package dev.orrery.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Feeds, state feeds and signals. Laws C6 to C9. */
@Timeout(60)
class FeedsTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Broadcast<Integer> feed = new Broadcast<>("test", 4);

    private static Cursor.Numbered at(long offset) {
        return new Cursor.Numbered("test", offset);
    }

    // law C67
    @Test
    void ofCommitsThatChangeVeryMuchFewerAreKept() {
        Timeline timeline = Timeline.startingAt("t", new Revision(0));
        TimelineNumbers numbers = new TimelineNumbers(timeline);
        Cursor start = timeline.commits().head();
        for (int commit = 0; commit < 3; commit++) {
            int value = commit;
            timeline.commit(() -> {
                for (int i = 0; i < 60_000; i++) {
                    numbers.set("k" + i, value);
                }
            });
        }
        try (Subscription<Delivery<Commit>> commits = timeline.commits().subscribe(start)) {
            assertThat(commits.next()).isInstanceOf(Delivery.Lagged.class);
            assertThat(((Delivery.Item<Commit>) commits.next()).value().revision())
                    .isEqualTo(new Revision(2));
        }
    }

    @Test
    void everyEntryComesInOrderWithItsCursor() {
        try (Subscription<Delivery<Integer>> reader = feed.subscribe()) {
            feed.publish(1);
            feed.publish(2);
            assertThat(reader.next()).isEqualTo(new Delivery.Item<>(at(1), 1));
            assertThat(reader.next()).isEqualTo(new Delivery.Item<>(at(2), 2));
            assertThat(reader.next(Duration.ZERO)).isEmpty();
            assertThat(reader.cursor()).isEqualTo(at(2));
        }
    }

    @Test
    void aReaderContinuesFromItsCursor() {
        feed.publish(1);
        Cursor place = feed.head();
        feed.publish(2);
        try (Subscription<Delivery<Integer>> reader = feed.subscribe(feed.cursor(place.text()))) {
            assertThat(reader.next()).isEqualTo(new Delivery.Item<>(at(2), 2));
        }
    }

    // law C7
    @Test
    void aSlowSubscriberIsToldWhatItMissedAndNeverSlowsThePublisher() {
        try (Subscription<Delivery<Integer>> slow = feed.subscribe();
                Subscription<Delivery<Integer>> quick = feed.subscribe()) {
            for (int i = 1; i <= 10; i++) {
                feed.publish(i);
                assertThat(quick.next()).isEqualTo(new Delivery.Item<>(at(i), i));
            }
            assertThat(slow.next()).isEqualTo(new Delivery.Lagged<>(at(0), at(6)));
            assertThat(slow.next()).isEqualTo(new Delivery.Item<>(at(7), 7));
        }
    }

    @Test
    void aCursorOfAnotherLifeIsAGap() {
        feed.publish(1);
        try (Subscription<Delivery<Integer>> reader =
                feed.subscribe(new Cursor.Numbered("before", 3))) {
            assertThat(reader.next()).isInstanceOf(Delivery.Lagged.class);
            feed.publish(2);
            assertThat(reader.next()).isEqualTo(new Delivery.Item<>(at(2), 2));
        }
    }

    @Test
    void closingEndsAWaitAndAnInterruptLosesNothing() throws InterruptedException { // law C16
        Subscription<Delivery<Integer>> reader = feed.subscribe();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread waiting =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                reader.next();
                            } catch (OrreryException.Cancelled cancelled) {
                                thrown.set(cancelled);
                            }
                        });
        waiting.interrupt();
        waiting.join();
        assertThat(thrown.get()).isInstanceOf(OrreryException.Cancelled.class);
        feed.publish(1);
        assertThat(reader.next()).isEqualTo(new Delivery.Item<>(at(1), 1));
        Thread.ofVirtual().start(reader::close);
        assertThatThrownBy(() -> reader.next(LONG)).isInstanceOf(OrreryException.Closed.class);
    }

    /** A counter as a state feed: its whole is the sum, its differences what was added. */
    private static final class Counter {
        final Broadcast<Integer> added = new Broadcast<>("test", 8);
        int sum;
        long version;
        final StateFeed<Integer, Integer> feed = new StateFeed<>(added, this::whole);

        synchronized void add(int amount) {
            sum += amount;
            version++;
            added.publish(amount);
        }

        synchronized Update.Whole<Integer, Integer> whole() {
            return new Update.Whole<>(at(version), sum);
        }
    }

    @Test
    void aStateFeedBeginsWithTheWholeThenDifferences() {
        Counter counter = new Counter();
        counter.add(5);
        try (Subscription<Update<Integer, Integer>> reader = counter.feed.subscribe()) {
            counter.add(1);
            assertThat(reader.next()).isEqualTo(new Update.Whole<>(at(2), 6));
            counter.add(2);
            assertThat(reader.next()).isEqualTo(new Update.Delta<>(at(3), 2));
        }
    }

    @Test
    void aGapInAStateFeedIsAnsweredWithTheWhole() {
        Counter counter = new Counter();
        try (Subscription<Update<Integer, Integer>> reader = counter.feed.subscribe()) {
            assertThat(reader.next()).isInstanceOf(Update.Whole.class);
            for (int i = 0; i < 20; i++) {
                counter.add(1);
            }
            assertThat(reader.next()).isEqualTo(new Update.Whole<>(at(20), 20));
            counter.add(3);
            assertThat(reader.next()).isEqualTo(new Update.Delta<>(at(21), 3));
        }
    }

    // law C8
    @Test
    void joiningAStateFeedIsWithoutAGapWhateverIsPublished() throws InterruptedException {
        Counter counter = new Counter();
        AtomicInteger left = new AtomicInteger(20_000);
        Thread publisher =
                Thread.ofPlatform()
                        .start(() -> {
                            while (left.getAndDecrement() > 0) {
                                counter.add(1 + left.get() % 3);
                            }
                        });
        List<Throwable> broken = new ArrayList<>();
        while (publisher.isAlive()) {
            follow(counter, 30).ifPresent(broken::add);
        }
        publisher.join();
        assertThat(broken).isEmpty();
    }

    /** The version is the cursor's offset, and the sum at a version can be computed. */
    private static Optional<Throwable> follow(Counter counter, int entries) {
        try (Subscription<Update<Integer, Integer>> reader = counter.feed.subscribe()) {
            int sum = 0;
            long version = 0;
            for (int i = 0; i < entries; i++) {
                Optional<Update<Integer, Integer>> next = reader.next(Duration.ofMillis(1));
                if (next.isEmpty()) {
                    break;
                }
                switch (next.get()) {
                    case Update.Whole<Integer, Integer>(Cursor cursor, Integer whole) -> {
                        sum = whole;
                        version = ((Cursor.Numbered) cursor).offset();
                    }
                    case Update.Delta<Integer, Integer>(Cursor cursor, Integer change) -> {
                        assertThat(((Cursor.Numbered) cursor).offset()).isEqualTo(version + 1);
                        version++;
                        sum += change;
                    }
                }
            }
            Update.Whole<Integer, Integer> now = counter.whole();
            if (((Cursor.Numbered) now.cursor()).offset() == version) {
                assertThat(sum).isEqualTo(now.state());
            }
            return Optional.empty();
        } catch (AssertionError | RuntimeException thrown) {
            return Optional.of(thrown);
        }
    }

    @Test
    void aSignalShowsTheCurrentValueThenTheLatestAndSkips() {
        Latest<Integer> latest = new Latest<>("test", 1);
        try (Subscription<Integer> watch = latest.watch()) {
            assertThat(watch.next()).isEqualTo(1);
            assertThat(watch.next(Duration.ZERO)).isEmpty();
            latest.set(2);
            latest.set(3);
            assertThat(watch.next()).isEqualTo(3);
            assertThat(watch.next(Duration.ZERO)).isEmpty();
            assertThat(latest.now()).isEqualTo(3);
        }
    }
}
