package dev.orrery.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.gateway.Gateway;
import io.github.centrifugal.centrifuge.Client;
import io.github.centrifugal.centrifuge.DuplicateSubscriptionException;
import io.github.centrifugal.centrifuge.EventListener;
import io.github.centrifugal.centrifuge.Options;
import io.github.centrifugal.centrifuge.PublicationEvent;
import io.github.centrifugal.centrifuge.SubscribedEvent;
import io.github.centrifugal.centrifuge.Subscription;
import io.github.centrifugal.centrifuge.SubscriptionEventListener;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Several clients with the official SDK follow every state's query while flights are folded, and
 * all end right.
 */
class FollowersTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int FOLLOWERS = 4;

    @TempDir private Path directory;

    @Test
    void everyFollowerEndsWithTheAnswersOfTheQueries() throws Exception {
        try (FlightsApp app = new FlightsApp(directory)) {
            Replay replay = new Replay(app, Lines.flights().subList(0, 5_000), new Speed.Max());
            everyFollowerEndsWithTheAnswers(app, replay);
        }
    }

    private static void everyFollowerEndsWithTheAnswers(FlightsApp app, Replay replay)
            throws Exception {
        try (Gateway gateway = app.serve(0, replay)) {
            List<String> states = Watchers.states(app);
            List<Follower> followers = new ArrayList<>();
            try {
                for (int i = 0; i < FOLLOWERS; i++) {
                    followers.add(new Follower(gateway.uri(), states));
                }
                replay.run();
                app.orrery.settle(LIMIT);
                for (Follower follower : followers) {
                    for (String state : states) {
                        Worst expected = app.worst.of(state);
                        follower.await(state, expected);
                    }
                }
            } finally {
                for (Follower follower : followers) {
                    follower.close();
                }
            }
        }
    }

    /** One client: the last answer it was told for each state. */
    private static final class Follower implements AutoCloseable {
        private final Client client;
        private final Map<String, String> answers = new ConcurrentHashMap<>();

        Follower(URI gateway, List<String> states) throws DuplicateSubscriptionException {
            String address = "ws://" + gateway.getAuthority() + "/connection/websocket";
            client = new Client(address, new Options(), new EventListener() {});
            client.connect();
            for (String state : states) {
                client.newSubscription("query:worst-airport:" + state, listener(state)).subscribe();
            }
        }

        private SubscriptionEventListener listener(String state) {
            return new SubscriptionEventListener() {
                @Override
                public void onSubscribed(Subscription subscription, SubscribedEvent event) {
                    answers.put(state, new String(event.getData(), StandardCharsets.UTF_8));
                }

                @Override
                public void onPublication(Subscription subscription, PublicationEvent event) {
                    answers.put(state, new String(event.getData(), StandardCharsets.UTF_8));
                }
            };
        }

        void await(String state, Worst expected) {
            long deadline = System.nanoTime() + LIMIT.toNanos();
            while (!isTold(state, expected)) {
                assertThat(System.nanoTime())
                        .as("%s is %s, but was told %s", state, expected, answers.get(state))
                        .isLessThan(deadline);
                LockSupport.parkNanos(1_000_000);
            }
        }

        private boolean isTold(String state, Worst expected) {
            String told = answers.get(state);
            if (told == null) {
                return false;
            }
            JsonNode answer = new JsonMapper().readTree(told);
            return answer.get("airport").asString().equals(expected.airport())
                    && answer.get("mean").asString().equals(expected.mean().toString());
        }

        @Override
        public void close() {
            client.disconnect();
        }
    }
}
