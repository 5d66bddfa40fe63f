package dev.orrery.graph;

import dev.orrery.core.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds what of a topic somebody lacks, in the order in which it came here. One answer at a time;
 * thread-safe.
 */
final class TopicSource { // law G68
    /*
     * What lies beyond what who asks has is read, entry by entry, and sent when its id belongs to the topic. An id that
     * belongs only by entries beyond is sent with all its older entries, before the first of those: Mentions knows them.
     * So of each id a beginning is there at any time, in an order in which everything follows what it follows.
     *
     * The first answer settles at which arrival number the answers end, so that all of them take the same ids for
     * belonging. What was compacted cannot be sent so: who may lack some of it gets the base first.
     */
    private static final int READ_AT_ONCE = 256;

    /** How many entries are looked at for one answer, of which perhaps none belongs. */
    private static final int LOOKED_AT = 65_536;

    private final Replica replica;
    private final EntryCodec codec = new EntryCodec();
    private Mentions mentions;

    /** How many entries had come again when it began. */
    private int restored;

    /** Some of what was asked for is in a base alone. */
    private static final Optional<TopicAnswer> BASED = Optional.empty();

    /** An entry that may have to be sent, and older ones that come before it. */
    private record Candidate(long arrival, Entry entry, TopicLack.Lacking lacking) {}

    TopicSource(Replica replica) {
        this.replica = replica;
        this.mentions = new Mentions(replica);
    }

    /** The answer; none when some of what was asked for was compacted. */
    Optional<TopicAnswer> answer(TopicQuestion question) {
        replica.refuseWithin("give a topic of"); // whose lock is taken inside this one
        return found(question);
    }

    private synchronized Optional<TopicAnswer> found(TopicQuestion question) {
        long arrived = replica.arrived();
        long asked = question.place().until();
        long until = asked == 0 ? arrived : Math.min(asked, arrived);
        int again = replica.locked(() -> replica.unreadable().restored());
        if (restored != again) {
            mentions = new Mentions(replica); // which passed over them
            restored = again;
        }
        mentions.readUpTo(arrived);
        TopicLack lack = replica.locked(() -> new TopicLack(replica, mentions, question, until));
        return lack.isBased() ? BASED : new Answering(question, lack, until).run();
    }

    /** One answer under way. */
    private final class Answering {
        private final TopicQuestion question;
        private final TopicLack lack;
        private final long until;
        private final List<Entry> entries = new ArrayList<>();
        private final int most;
        private final Vouching vouching;
        private long place;

        /** Up to which number the older entries of the next candidate were sent. */
        private long older;

        private long bytes;

        Answering(TopicQuestion question, TopicLack lack, long until) {
            this.question = question;
            this.lack = lack;
            this.until = until;
            this.most = Math.min(question.most(), SyncSession.CHUNK_BYTES);
            this.vouching = new Vouching(replica);
            this.place = Math.max(question.place().after(), lack.start());
            this.older = question.place().older();
        }

        Optional<TopicAnswer> run() {
            if (question.place().equals(TopicQuestion.Place.FIRST)) {
                sendRoots();
            }
            int looked = 0;
            while (place < until && bytes < most && looked < LOOKED_AT) {
                List<StoredEntry> read = replica.read(codec, place, READ_AT_ONCE);
                read.removeIf(stored -> stored.arrival() > until);
                looked += Math.max(1, read.size());
                long reached = read.isEmpty() ? until : read.getLast().arrival();
                for (Candidate candidate : candidates(read)) {
                    if (candidate.lacking().isBased()) {
                        return BASED;
                    }
                    if (!send(candidate)) {
                        return part();
                    }
                }
                place = reached;
            }
            return part();
        }

        private void sendRoots() {
            List<Hash> roots = replica.locked(() -> SyncSource.roots(replica.index()));
            for (Hash root : roots) {
                if (!question.roots().contains(root)) {
                    read(replica.locked(() -> replica.index().find(root))).ifPresent(this::send);
                }
            }
        }

        private List<Candidate> candidates(List<StoredEntry> read) {
            List<Candidate> candidates = new ArrayList<>();
            return replica.locked(() -> {
                for (StoredEntry stored : read) {
                    TopicLack.Lacking lacking =
                            stored.isLoose()
                                    ? TopicLack.Lacking.NOTHING
                                    : lack.of(stored.entry(), (int) stored.arrival());
                    if (!lacking.isNothing()) {
                        candidates.add(new Candidate(stored.arrival(), stored.entry(), lacking));
                    }
                }
                return candidates;
            });
        }

        /** Sends a candidate; false when the answer is full. */
        private boolean send(Candidate candidate) {
            for (int arrival : candidate.lacking().older()) {
                if (arrival > older) {
                    place = candidate.arrival() - 1;
                    older = arrival;
                    read(arrival).ifPresent(this::send);
                    if (bytes >= most) {
                        return false;
                    }
                }
            }
            older = 0;
            place = candidate.arrival();
            if (candidate.lacking().itself()) {
                send(candidate.entry());
            }
            return bytes < most;
        }

        private void send(Entry entry) {
            entries.add(entry);
            bytes += entry.content().length;
            if (question.sealed()) {
                bytes += vouching.add(entry);
            }
        }

        private Optional<Entry> read(int arrival) {
            return replica.read(codec, arrival - 1L, 1).stream()
                    .filter(stored -> stored.arrival() == arrival)
                    .map(StoredEntry::entry)
                    .findFirst();
        }

        private Optional<TopicAnswer> part() {
            return Optional.of(
                    new TopicAnswer(
                            replica.author(),
                            Bytes.of(EntryChunk.encode(entries)),
                            Bytes.of(EntryChunk.encode(vouching.entries())),
                            new TopicQuestion.Place(place, older, until),
                            place < until || older > 0
                                    ? Optional.empty()
                                    : Optional.of(replica.locked(lack::complete))));
        }
    }
}
