package dev.orrery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Cursor;
import dev.orrery.core.Latest;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FollowedTest { // law E5
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Latest<String> source = new Latest<>("source", "one");
    private final AtomicInteger watches = new AtomicInteger();
    private final Followed<String> followed =
            new Followed<>(
                    () -> {
                        watches.incrementAndGet();
                        return source.watch().whenClosed(watches::decrementAndGet);
                    },
                    Thread.ofVirtual().factory(),
                    "epoch");

    @Test
    void nothingIsWatchedUntilSomebodyFollowsAndNothingAfterTheLastLeft() {
        assertThat(watches).hasValue(0);
        Subscription<Update<String, String>> first = followed.subscribe();
        Subscription<Update<String, String>> second = followed.subscribe();
        assertThat(watches).hasValue(1);
        first.close();
        assertThat(watches).hasValue(1);
        second.close();
        assertThat(watches).hasValue(0);
    }

    @Test
    void aReaderGetsTheWholeAndThenEachChange() {
        try (Subscription<Update<String, String>> reader = followed.subscribe()) {
            assertThat(reader.next(LIMIT).orElseThrow()).isEqualTo(whole(1, "one"));
            source.set("two");
            assertThat(reader.next(LIMIT).orElseThrow()).isEqualTo(delta(2, "two"));
        }
    }

    @Test
    void aReaderWhoReturnsIsToldTheDifferenceAndNothingWhenThereIsNone() {
        Cursor left;
        try (Subscription<Update<String, String>> reader = followed.subscribe()) {
            reader.next(LIMIT);
            left = reader.cursor();
        }
        try (Subscription<Update<String, String>> again = followed.subscribe(left)) {
            assertThat(again.next(Duration.ZERO)).isEmpty();
        }
        source.set("two");
        source.set("three");
        try (Subscription<Update<String, String>> again = followed.subscribe(left)) {
            assertThat(again.next(LIMIT).orElseThrow()).isEqualTo(delta(2, "three"));
        }
    }

    private static Update<String, String> whole(long offset, String state) {
        return new Update.Whole<>(new Cursor.Numbered("epoch", offset), state);
    }

    private static Update<String, String> delta(long offset, String change) {
        return new Update.Delta<>(new Cursor.Numbered("epoch", offset), change);
    }
}
