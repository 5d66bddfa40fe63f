package dev.orrery.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Cursor.Numbered;
import dev.orrery.testkit.Histories;
import dev.orrery.testkit.Seeded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/**
 * A published channel over random histories, beside an oracle that keeps everything: messages that
 * replace others, get old and are pushed out, clients that speak, come, go, lag and return.
 */
final class PublishedHistories implements LongConsumer {
    private static final Duration AGE = Duration.ofSeconds(100);
    private static final int[] KEPT = {0, 3, 40, 300};

    /** Runs some, of a channel that keeps what the number says. */
    @Override
    public void accept(long number) {
        run(KEPT[(int) number % KEPT.length], 5, 60);
    }

    /**
     * Runs histories; throws {@code AssertionError} when a law is broken.
     *
     * @param kept how many messages the channel keeps
     */
    static void run(int kept, int histories, int length) {
        Histories.of(() -> new World(kept))
                .step(8, (world, random) -> world.publish(random, 1 + random.below(3)))
                .step(1, (world, random) -> world.publish(random, 120))
                .step(3, World::speak)
                .step(6, World::read)
                .step(2, World::cut)
                .step(2, World::pass)
                .check(World::rostersAgree)
                .run(histories, length);
    }

    /** One message as it was published. */
    private record Sent(long offset, Optional<String> key, String text, long at, String except) {}

    /** A channel, an oracle that keeps everything, and four clients of two users. */
    private static final class World implements AutoCloseable {
        private final Room room = new Room();
        private final int kept;
        private final Channel<String> channel;
        private final List<Sent> all = new ArrayList<>();
        private final Set<Long> replaced = new HashSet<>();
        private final List<Client> clients = new ArrayList<>();

        World(int kept) {
            this.kept = kept;
            this.channel =
                    room.channels
                            .define("talk", String.class)
                            .history(kept, AGE)
                            .presence()
                            .clientMessages(100, 1_000_000)
                            .conflate(text -> text.startsWith("k") ? text.substring(0, 2) : null)
                            .create();
            for (int i = 0; i < 4; i++) {
                clients.add(new Client("user" + i / 2));
            }
        }

        String publish(Seeded random, int count) {
            for (int i = 0; i < count; i++) {
                Optional<String> key =
                        random.below(3) > 0 ? Optional.empty() : Optional.of("k" + random.below(3));
                String text = key.orElse("m") + " " + all.size();
                Client sender = clients.get(random.below(clients.size()));
                if (random.below(5) == 0) {
                    add(key, text, sender.connection.id());
                    channel.publishExcept(sender.connection, text);
                } else {
                    add(key, text, "");
                    channel.publish(text);
                }
            }
            return count + " messages, up to " + all.size();
        }

        private void add(Optional<String> key, String text, String except) {
            all.stream()
                    .filter(sent -> key.isPresent() && sent.key().equals(key))
                    .forEach(sent -> replaced.add(sent.offset()));
            all.add(new Sent(all.size() + 1L, key, text, room.nanos.get(), except));
        }

        String speak(Seeded random) {
            Client client = clients.get(random.below(clients.size()));
            if (client.attachment == null) {
                return "silence";
            }
            String text = "said " + all.size();
            add(Optional.empty(), text, client.connection.id());
            client.connection.publish("talk", text, 10);
            return text;
        }

        String read(Seeded random) {
            Client client = clients.get(random.below(clients.size()));
            client.join();
            int most = random.below(100);
            client.read(most);
            return client + " reads " + most;
        }

        String cut(Seeded random) {
            Client client = clients.get(random.below(clients.size()));
            client.leave();
            return client + " is cut off";
        }

        String pass(Seeded random) {
            Duration time = Duration.ofSeconds(random.below(60));
            room.pass(time);
            return time + " pass";
        }

        void rostersAgree() {
            Set<String> here = new TreeSet<>();
            clients.stream()
                    .filter(client -> client.attachment != null)
                    .forEach(client -> here.add(client.user));
            assertThat(names(channel.presence().members())).isEqualTo(here);
            channel.history(History.Range.oldest(1_000)).messages().forEach(this::isWhatWasSent);
            assertThat(channel.history(History.Range.oldest(1_000)).messages())
                    .hasSizeLessThanOrEqualTo(kept);
        }

        private static Set<String> names(List<Presence.Member> members) {
            Set<String> names = new TreeSet<>();
            members.forEach(member -> names.add(member.user()));
            return names;
        }

        private void isWhatWasSent(Message message) {
            Sent sent = all.get((int) ((Numbered) message.cursor()).offset() - 1);
            assertThat(room.nanos.get() - sent.at()).isLessThanOrEqualTo(AGE.toNanos());
            switch (message) {
                case Message.Entry entry -> assertThat(entry.value()).isEqualTo(sent.text());
                case Message.FromClient from -> {
                    assertThat(from.message().data()).isEqualTo(sent.text());
                    assertThat(from.message().connection()).isEqualTo(sent.except());
                }
                case Message.Came _, Message.Gap _ -> throw new AssertionError(message);
            }
        }

        /** At the end everybody reads to the end. */
        @Override
        public void close() {
            for (int round = 0; round < 3; round++) {
                for (Client client : clients) {
                    client.join();
                    client.read(Integer.MAX_VALUE);
                }
            }
            rostersAgree();
            for (Client client : clients) {
                assertThat(client.seen).isEqualTo(all.size());
                assertThat(client.here).isEqualTo(names(channel.presence().members()));
            }
        }

        /** Somebody who follows, is cut off and comes back with the place it had. */
        private final class Client {
            private final String user;
            private Connection connection;
            private Attachment attachment;
            private Optional<String> place = Optional.empty();
            private Set<String> here = new TreeSet<>();
            private long seen;

            Client(String user) {
                this.user = user;
                this.connection = room.enter(user);
            }

            void join() {
                if (attachment != null) {
                    return;
                }
                connection = room.enter(user);
                Join join = Join.of("talk").withPresence();
                attachment = connection.attach(place.map(join::after).orElse(join));
                here = names(attachment.roster().orElseThrow());
                long at = ((Numbered) attachment.beginning().cursor()).offset();
                switch (attachment.beginning()) {
                    case Beginning.Fresh _ -> seen = at;
                    case Beginning.Continued _ -> {
                        assertThat(at).isEqualTo(seen);
                        assertThat(
                                        all.subList((int) seen, all.size()).stream()
                                                .filter(sent -> !replaced.contains(sent.offset()))
                                                .count())
                                .as("of what is continued nothing was pushed out")
                                .isLessThanOrEqualTo(kept);
                    }
                    case Beginning.Reset _ -> {
                        assertThat(at).isGreaterThan(seen);
                        assertThat(mustContinue()).as("what is kept is continued").isFalse();
                        seen = at;
                    }
                }
            }

            /** Nothing after the place can have been pushed out: it is few and young. */
            private boolean mustContinue() {
                List<Sent> missed = all.subList((int) seen, all.size());
                return missed.size() <= kept
                        && missed.stream()
                                .allMatch(sent -> room.nanos.get() - sent.at() < AGE.toNanos());
            }

            void read(int most) {
                if (attachment == null) {
                    return;
                }
                for (int n = 0; n < most; n++) {
                    Optional<Message> next = attachment.next(Duration.ZERO);
                    if (next.isEmpty()) {
                        assertSkipped(all.size());
                        seen = all.size();
                        return;
                    }
                    if (!take(next.get())) {
                        return;
                    }
                }
            }

            private boolean take(Message message) {
                switch (message) {
                    case Message.Gap _ -> {
                        assertSkipped(((Numbered) attachment.cursor()).offset());
                        leave();
                        return false;
                    }
                    case Message.Came(var _, Presence.Joined(var member)) ->
                            assertThat(here.add(member.user())).isTrue();
                    case Message.Came(var _, Presence.Left(var member)) ->
                            assertThat(here.remove(member.user())).isTrue();
                    case Message.Entry _, Message.FromClient _ -> {
                        long offset = ((Numbered) message.cursor()).offset();
                        assertThat(offset).isGreaterThan(seen);
                        assertSkipped(offset - 1);
                        isWhatWasSent(message);
                        assertThat(all.get((int) offset - 1).except())
                                .isNotEqualTo(connection.id());
                        seen = offset;
                    }
                }
                return true;
            }

            /** What was passed over was replaced, or was this connection's own. */
            private void assertSkipped(long upTo) {
                for (Sent sent : all.subList((int) seen, (int) Math.max(seen, upTo))) {
                    assertThat(
                                    replaced.contains(sent.offset())
                                            || sent.except().equals(connection.id()))
                            .as("%s was passed over", sent)
                            .isTrue();
                }
            }

            void leave() {
                if (attachment != null) {
                    place = Optional.of(attachment.cursor().text());
                    seen = ((Numbered) attachment.cursor()).offset();
                    connection.close();
                    attachment = null;
                }
            }

            @Override
            public String toString() {
                return user + "/" + connection.id();
            }
        }
    }
}
