package dev.orrery.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Cursor.Numbered;
import dev.orrery.core.StoredFeed;
import dev.orrery.core.Update;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two processes over one store: each reads the committed differences by position, and whatever
 * wakes it only wakes it. So there is no bus whose loss could matter. Laws H2, C55, C56.
 */
@Timeout(30)
class NodesTest {
    private final Store store = new Store();
    private final Node a = new Node();
    private final Node b = new Node();

    /** What both share: differences by position. */
    private static final class Store implements StoredFeed.Store<List<Integer>, Integer> {
        private final List<Integer> deltas = new ArrayList<>();

        synchronized Update.Delta<List<Integer>, Integer> commit(int delta) {
            deltas.add(delta);
            return new Update.Delta<>(head(), delta);
        }

        @Override
        public synchronized Numbered head() {
            return new Numbered("s", deltas.size());
        }

        @Override
        public synchronized Update.Whole<List<Integer>, Integer> whole() {
            return new Update.Whole<>(head(), List.copyOf(deltas));
        }

        @Override
        public synchronized Optional<List<Update.Delta<List<Integer>, Integer>>> after(
                Numbered place, int most) {
            return Optional.of(
                    IntStream.range((int) place.offset(), deltas.size())
                            .limit(most)
                            .mapToObj(at ->
                                    new Update.Delta<List<Integer>, Integer>(
                                            new Numbered("s", at + 1L), deltas.get(at)))
                            .toList());
        }
    }

    /** One process: its registry, and what it has read of the store. */
    private final class Node {
        private final Room room = new Room();
        private final StoredFeed<List<Integer>, Integer> feed = new StoredFeed<>(store, 16);
        private Numbered read = new Numbered("s", 0);

        Node() {
            room.channels.serve("orders.1", feed);
        }

        Attachment follow() {
            return room.enter("client").attach("orders.1");
        }

        void publish(int delta) {
            feed.offer(store.commit(delta));
        }

        /** The other process, or this one itself, said that there is something. */
        void woken() {
            for (var delta : store.after(read, 1_000).orElseThrow()) {
                feed.offer(delta);
                read = (Numbered) delta.cursor();
            }
        }
    }

    private static Message entry(int number, int value) {
        return new Message.Entry(new Numbered("s", number), value);
    }

    @Test
    void whatOnePublishesComesOnceToTheOther() { // T01
        Attachment client = b.follow();
        a.publish(7);
        b.woken();
        b.woken();
        assertThat(client.nextBatch(9, Room.NOW)).containsExactly(entry(1, 7));
    }

    @Test
    void nobodyHearsItsOwnTwice() { // T02
        Attachment client = a.follow();
        a.publish(7);
        a.woken();
        assertThat(client.nextBatch(9, Room.NOW)).containsExactly(entry(1, 7));
    }

    @Test
    void aWakeUpThatIsLostHoldsUpNobodyHere() { // T03
        Attachment here = a.follow();
        Attachment there = b.follow();
        a.publish(7);
        assertThat(here.nextBatch(9, Room.NOW)).containsExactly(entry(1, 7));
        assertThat(there.next(Room.NOW)).isEmpty();
        a.publish(8);
        b.woken();
        assertThat(there.nextBatch(9, Room.NOW)).containsExactly(entry(1, 7), entry(2, 8));
    }

    @Test
    void aProcessThatWasCutOffCatchesUpWithoutAGap() { // T08
        Attachment early = b.follow();
        for (int i = 1; i <= 100; i++) {
            a.publish(i);
        }
        Attachment meanwhile = b.follow();
        assertThat(meanwhile.beginning().cursor()).isEqualTo(new Numbered("s", 100));
        a.publish(101);
        b.woken();
        assertThat(early.nextBatch(1_000, Room.NOW))
                .isEqualTo(IntStream.rangeClosed(1, 101).mapToObj(i -> entry(i, i)).toList());
        assertThat(meanwhile.nextBatch(1_000, Room.NOW)).containsExactly(entry(101, 101));
    }

    @Test
    void aProcessBeginsWithoutWaitingForAnother() { // T05
        a.publish(1);
        Node late = new Node();
        assertThat(late.follow().beginning())
                .isEqualTo(new Beginning.Fresh(new Numbered("s", 1), Optional.of(List.of(1))));
    }
}
