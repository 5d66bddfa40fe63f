package dev.orrery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.channel.Access;
import dev.orrery.channel.Beginning;
import dev.orrery.channel.Principal;
import dev.orrery.core.Key;
import dev.orrery.log.EventLog;
import dev.orrery.projection.LiveProjection;
import dev.orrery.projection.Projection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every key has a channel of its own, whatever its text. */
class KeyChannelsTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    record Moved(String key, long by) {}

    @Test
    void aKeyOfAnyTextIsFoundByTheTextOfItsChannelAndNoOther() { // P26, M04
        List<String> keys =
                List.of(
                        "tenant-7:warehouse-a",
                        "tenant-7",
                        "Ωμέγα 日本 %2F",
                        "x".repeat(200),
                        "a:b:c");
        try (Orrery orrery =
                Orrery.configure().access((who, action, what) -> Access.allowed()).open()) {
            EventLog<Moved> log = orrery.log("moves", Moved.class);
            LiveProjection<String, Long> sums =
                    orrery.projection(
                            log,
                            Projection.of("sums", Moved.class)
                                    .key(String.class, Moved::key)
                                    .state(Long.class, 0L)
                                    .fold((sum, moved) -> sum + moved.by()));
            orrery.start();
            for (String key : keys) {
                log.append(new Moved(key, key.length()));
            }
            orrery.settle(LIMIT);
            try (var session = orrery.channels().connect(Principal.ANONYMOUS)) {
                for (String key : keys) {
                    String text = Key.of(key).text();
                    assertThat(Key.parse(text)).isEqualTo(Key.of(key));
                    try (var followed = session.attach("projection:sums:" + text)) {
                        assertThat(followed.beginning())
                                .isInstanceOfSatisfying(
                                        Beginning.Fresh.class,
                                        fresh ->
                                                assertThat(fresh.whole())
                                                        .isEqualTo(
                                                                Optional.of((long) key.length())));
                    }
                    assertThat(sums.require(key)).isEqualTo(key.length());
                }
            }
        }
    }
}
