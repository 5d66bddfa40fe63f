package dev.orrery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Broadcast;
import dev.orrery.core.Cursor;
import dev.orrery.core.Cursor.Numbered;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException;
import dev.orrery.core.StateFeed;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stored state that many follow. Law E16. */
@Timeout(60)
class SharedUpdatesTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final Broadcast<Long> deltas = new Broadcast<>("s", 10_000);
    private final AtomicInteger entriesRead = new AtomicInteger();
    private final List<Subscription<Update<Long, Long>>> upstream = new ArrayList<>();
    private final SharedUpdates<Long, Long> shared =
            new SharedUpdates<>(counting(), Thread.ofVirtual().factory());
    private long newest;

    /** What is stored: the sum so far, and what was added; each entry that is read counts. */
    private Feed<Update<Long, Long>> counting() {
        StateFeed<Long, Long> stored = new StateFeed<>(deltas, this::whole);
        return new Feed<>() {
            @Override
            public Subscription<Update<Long, Long>> subscribe() {
                return counted(stored.subscribe());
            }

            @Override
            public Subscription<Update<Long, Long>> subscribe(Cursor after) {
                return counted(stored.subscribe(after));
            }

            @Override
            public Cursor head() {
                return stored.head();
            }

            @Override
            public Cursor cursor(String text) {
                return stored.cursor(text);
            }
        };
    }

    private Subscription<Update<Long, Long>> counted(Subscription<Update<Long, Long>> reader) {
        synchronized (upstream) {
            upstream.add(reader);
        }
        return reader.map(update -> {
            entriesRead.incrementAndGet();
            return Optional.of(update);
        });
    }

    private synchronized Update.Whole<Long, Long> whole() {
        return new Update.Whole<>(deltas.head(), newest);
    }

    private synchronized void add(long count) {
        for (int i = 0; i < count; i++) {
            newest++;
            deltas.publish(newest);
        }
    }

    private static Update<Long, Long> delta(long n) {
        return new Update.Delta<>(new Numbered("s", n), n);
    }

    @Test
    void aChangeIsReadOnceHoweverManyFollow() throws Exception {
        List<Subscription<Update<Long, Long>>> readers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Subscription<Update<Long, Long>> reader = shared.subscribe();
            assertThat(reader.next()).isEqualTo(whole());
            readers.add(reader);
        }
        int joining = entriesRead.get();
        assertThat(joining).as("a whole each, and the first one's beginning").isEqualTo(201);
        for (int n = 1; n <= 20; n++) {
            add(1);
            for (Subscription<Update<Long, Long>> reader : readers) {
                assertThat(reader.next()).isEqualTo(delta(n));
            }
        }
        assertThat(entriesRead.get() - joining).isEqualTo(20);
    }

    @Test
    void whoReturnsOrFallsBehindGetsWhatItMissed() {
        add(10);
        try (var keeping = shared.subscribe();
                var slow = shared.subscribe()) {
            keeping.next();
            slow.next();
            add(2_000);
            for (int n = 11; n <= 2_010; n++) {
                assertThat(keeping.next(SOON)).contains(delta(n));
            }
            for (int n = 11; n <= 2_010; n++) {
                assertThat(slow.next(SOON)).contains(delta(n));
            }
            try (var back = shared.subscribe(shared.cursor("s:1500"))) {
                assertThat(back.nextBatch(10_000, SOON)).hasSize(510).startsWith(delta(1_501));
            }
        }
        assertThat(shared.isIdle()).isTrue();
    }

    @Test
    void whatHappenedWhileNobodyFollowedIsNotMissed() {
        try (var first = shared.subscribe()) {
            first.next();
            add(3);
            assertThat(first.nextBatch(3, SOON)).isNotEmpty();
        }
        add(4);
        try (var back = shared.subscribe(shared.cursor("s:3"))) {
            for (int n = 4; n <= 7; n++) {
                assertThat(back.next(SOON)).contains(delta(n));
            }
            add(1);
            assertThat(back.next(SOON)).contains(delta(8));
        }
    }

    @Test
    void whenWhatIsStoredEndsThoseWhoFollowAreTold() {
        Subscription<Update<Long, Long>> reader = shared.subscribe();
        reader.next();
        synchronized (upstream) {
            upstream.getFirst().close();
        }
        assertThatThrownBy(reader::next).isInstanceOf(OrreryException.Closed.class);
        try (var later = shared.subscribe()) {
            later.next();
            add(1);
            assertThat(later.next(SOON)).contains(delta(1));
        }
        reader.close();
        assertThat(shared.isIdle()).isTrue();
    }
}
