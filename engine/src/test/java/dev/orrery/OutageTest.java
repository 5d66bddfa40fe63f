package dev.orrery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.channel.Access;
import dev.orrery.channel.Attachment;
import dev.orrery.channel.Beginning;
import dev.orrery.channel.Connection;
import dev.orrery.channel.Message;
import dev.orrery.channel.Principal;
import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.Type;
import dev.orrery.log.EventLog;
import dev.orrery.log.Expected;
import dev.orrery.log.NewEvent;
import dev.orrery.projection.DeltaProjection;
import dev.orrery.projection.Effect;
import dev.orrery.projection.Projection;
import dev.orrery.testkit.RealPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole Orrery in PostgreSQL, whose connections end again and again. Law E19. */
@Timeout(120) // seconds: a fault shows as a failure, not as a build that hangs
class OutageTest {
    private static final int EVENTS = 400;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** What tells of each outage, of which there are many. */
    private static final Logger TOLD = Logger.getLogger("dev.orrery");

    record Flight(String origin, int number) {}

    @TempDir private Path directory;

    @BeforeEach
    void hush() {
        TOLD.setLevel(Level.OFF);
    }

    @AfterEach
    void speak() {
        TOLD.setLevel(null);
    }

    private static List<Integer> with(List<Integer> numbers, int next) {
        List<Integer> more = new ArrayList<>(numbers);
        more.add(next);
        return List.copyOf(more);
    }

    private static DeltaProjection<Flight, String, List<Integer>, Integer> departures() {
        return Projection.of("departures", Flight.class)
                .key(String.class, Flight::origin)
                .state(Type.listOf(Integer.class), List.of())
                .fold((numbers, flight) -> with(numbers, flight.number()))
                .delta(Integer.class, (_, _, flight) -> flight.number());
    }

    /** Follows a channel to a moment, from its place on whenever it has ended. */
    private static final class Follower {
        private final Connection connection;
        private final String channel;
        private Optional<String> place = Optional.empty();

        Follower(Connection connection, String channel) {
            this.connection = connection;
            this.channel = channel;
        }

        interface Reader {
            /** Takes a whole, or what came; false when that is enough. */
            boolean take(boolean isWhole, Object value);
        }

        void run(Reader reader) {
            boolean goesOn = true;
            while (goesOn) {
                try (Attachment attachment = connection.attach(channel, place)) {
                    goesOn = follow(attachment, reader);
                } catch (Closed | Unavailable away) {
                    Thread.onSpinWait(); // as a client does that comes back
                }
            }
        }

        private boolean follow(Attachment attachment, Reader reader) {
            Optional<Object> whole =
                    switch (attachment.beginning()) {
                        case Beginning.Fresh fresh -> fresh.whole();
                        case Beginning.Reset reset -> reset.whole();
                        case Beginning.Continued _ -> Optional.empty();
                    };
            boolean goesOn = whole.isEmpty() || reader.take(true, whole.get());
            place = Optional.of(attachment.cursor().text());
            while (goesOn) {
                Message message = attachment.next();
                if (!(message instanceof Message.Entry(var cursor, var value))) {
                    throw new OrreryException.Conflict("message", "an entry", message);
                }
                goesOn = reader.take(false, value);
                place = Optional.of(cursor.text());
            }
            return false;
        }
    }

    private static void append(EventLog<Flight> log, int number) {
        NewEvent<Flight> event = NewEvent.of(new Flight("SFO", number)).withId("e" + number);
        while (true) {
            try {
                log.append(Expected.any(), event);
                return;
            } catch (Unavailable lost) {
                Thread.onSpinWait(); // an id counts once
            }
        }
    }

    @Test
    void everythingGoesOnAndNothingIsLost() throws Exception {
        List<Integer> mailed = new CopyOnWriteArrayList<>();
        List<Integer> numbers = new ArrayList<>();
        List<Integer> followed = new ArrayList<>();
        try (Orrery orrery =
                        Orrery.configure()
                                .database(RealPostgres.of(directory))
                                .access((_, _, _) -> Access.allowed())
                                .open();
                var others = Executors.newVirtualThreadPerTaskExecutor()) {
            EventLog<Flight> flights = orrery.log("flights", Flight.class);
            var departures = orrery.projection(flights, departures());
            orrery.effect(
                    flights,
                    Effect.of("mail", Flight.class)
                            .key(String.class, Flight::origin)
                            .perform(attempt -> mailed.add(attempt.event().number())));
            orrery.start();
            Connection connection = orrery.channels().connect(Principal.ANONYMOUS);
            Future<?> key =
                    others.submit(() ->
                            new Follower(connection, "projection:departures:SFO")
                                    .run((isWhole, value) -> take(followed, isWhole, value)));
            Future<?> logs =
                    others.submit(() ->
                            new Follower(connection, "engine:logs")
                                    .run((_, value) -> !showsAll(value)));
            for (int number = 1; number <= EVENTS; number++) {
                numbers.add(number);
                append(flights, number);
                if (number % 37 == 0) {
                    RealPostgres.endConnections();
                }
            }
            key.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            logs.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(followed).isEqualTo(numbers);
            assertThat(departures.require("SFO")).isEqualTo(numbers);
            long until = System.nanoTime() + LIMIT.toNanos();
            while (!mailed.contains(EVENTS) && System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            assertThat(mailed.stream().distinct().toList()).isEqualTo(numbers);
        }
    }

    private static boolean take(List<Integer> followed, boolean isWhole, Object value) {
        if (isWhole) {
            followed.clear();
            ((List<?>) value).forEach(number -> followed.add(((Number) number).intValue()));
        } else {
            followed.add(((Number) value).intValue());
        }
        return followed.size() < EVENTS;
    }

    private static boolean showsAll(Object logs) {
        return ((Map<?, ?>) logs).get("flights") instanceof LogState state
                && state.position() == EVENTS;
    }
}
