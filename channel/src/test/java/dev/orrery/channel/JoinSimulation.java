package dev.orrery.channel;

import dev.orrery.core.Cursor.Numbered;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;

/**
 * One client of one channel of a stored state, over a network that is cut at random, while the
 * state changes in the middle of whatever the server does. Deterministic: a seed is a history.
 *
 * <p>After every frame the client must hold exactly the state of its place; a place that can be
 * continued must be, one that cannot must be answered by the whole; and when all is quiet the
 * client ends at the newest state.
 */
final class JoinSimulation implements LongConsumer {
    static final int RECONNECTS = 20;

    /** Runs the history of a seed; throws {@code AssertionError} when a law is broken. */
    @Override
    public void accept(long seed) {
        new Run(seed).run();
    }

    /** What travels from the server to the client. */
    private sealed interface Frame {
        record Whole(Numbered place, long state) implements Frame {}

        record Delta(Numbered place, int delta) implements Frame {}

        record Lost() implements Frame {}
    }

    private static final class Run {
        private final long seed;
        private final SplittableRandom random;
        private final SimulatedState server;
        private final Channels channels;
        private Connection connection;
        private final Deque<Frame> network = new ArrayDeque<>();
        private Attachment attachment;
        private Numbered sent;
        private Numbered place;
        private long state;
        private int reconnects;

        Run(long seed) {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            this.server = new SimulatedState(random.split());
            this.channels =
                    new Channels((_, _, _) -> Access.allowed(), () -> "none", System::nanoTime);
            channels.serveFamily("state:", Resource.OfChannel::new, _ -> Optional.of(server.feed));
            this.connection = channels.connect(Principal.ANONYMOUS);
        }

        void run() {
            while (reconnects < RECONNECTS) {
                server.move();
                switch (random.nextInt(16)) {
                    case 0, 1, 2, 3, 4, 5 -> pump(random.nextInt(6));
                    case 6, 7, 8, 9, 10, 11, 12, 13 -> receive();
                    case 14 -> cut();
                    default -> {
                        if (random.nextInt(10) == 0) {
                            cut();
                            server.restart();
                        }
                    }
                }
            }
            settle();
        }

        private void pump(int most) {
            if (attachment == null) {
                join();
                return;
            }
            for (int sent = 0; sent < most; sent++) {
                Optional<Message> next = attachment.next(Duration.ZERO);
                if (next.isEmpty()) {
                    return;
                }
                send(next.get());
            }
        }

        private Message sent(Message message) {
            send(message);
            return message;
        }

        private void send(Message message) {
            switch (message) {
                case Message.Entry(var cursor, Object value) -> {
                    sent = (Numbered) cursor;
                    network.add(new Frame.Delta(sent, (Integer) value));
                }
                case Message.Gap _ -> {
                    require(attachment.cursor().equals(sent), "a gap moved the place");
                    network.add(new Frame.Lost());
                }
                case Message.FromClient _, Message.Came _ ->
                        throw new AssertionError("a state has no such message");
            }
        }

        /** The client comes with the place it holds, if any. */
        private void join() {
            reconnects++;
            Numbered mine = place;
            boolean before = mine != null && server.continues(mine);
            server.watch(mine);
            attachment =
                    connection.attach("state:x", Optional.ofNullable(mine).map(Numbered::text));
            boolean after = mine != null && server.continues(mine);
            sent = (Numbered) attachment.beginning().cursor();
            switch (attachment.beginning()) {
                case Beginning.Fresh(var at, var whole) -> {
                    require(mine == null, "fresh though a place was given");
                    network.add(new Frame.Whole((Numbered) at, (Long) whole.orElseThrow()));
                }
                case Beginning.Reset(var at, var whole) -> {
                    require(mine != null && !(before && after), "reset though it could go on");
                    network.add(new Frame.Whole((Numbered) at, (Long) whole.orElseThrow()));
                }
                case Beginning.Continued(var at, var newest) -> {
                    require(server.couldContinue(), "continued though it cannot be");
                    require(at.equals(mine), "continued at " + at + " and not at " + mine);
                    require(
                            !((Numbered) newest).epoch().equals(mine.epoch())
                                    || ((Numbered) newest).offset() >= mine.offset(),
                            "the newest lies behind the place");
                }
            }
        }

        private void receive() {
            if (network.isEmpty()) {
                return;
            }
            switch (network.remove()) {
                case Frame.Whole(Numbered at, long whole) -> {
                    place = at;
                    state = whole;
                }
                case Frame.Delta(Numbered at, int delta) -> {
                    require(
                            at.equals(new Numbered(place.epoch(), place.offset() + 1)),
                            "after " + place + " came " + at);
                    place = at;
                    state = SimulatedState.fold(state, delta);
                }
                case Frame.Lost() -> cut();
            }
            require(
                    place == null || Long.valueOf(state).equals(server.at(place)),
                    "another state at " + place);
        }

        /** What was on its way is lost; the client keeps what it received. */
        private void cut() {
            network.clear();
            if (attachment != null) {
                if (random.nextBoolean()) {
                    attachment.close();
                } else {
                    connection.close();
                    connection = channels.connect(Principal.ANONYMOUS);
                }
                attachment = null;
            }
        }

        private void settle() {
            server.settle();
            do {
                pump(Integer.MAX_VALUE);
                while (!network.isEmpty()) {
                    receive();
                }
            } while (attachment == null
                    || attachment.next(Duration.ZERO).map(this::sent).isPresent());
            require(server.head().equals(place), "ended at " + place + ", not " + server.head());
            require(connection.attachments() == 1, "an attachment was left behind");
            require(channels.followers("state:x") == 1, "a follower was left behind");
        }

        private void require(boolean holds, String what) {
            if (!holds) {
                throw new AssertionError("seed " + seed + ": " + what);
            }
        }
    }
}
