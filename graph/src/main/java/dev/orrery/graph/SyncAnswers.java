package dev.orrery.graph;

import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.Missing;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers what other replicas ask. Needs to keep nothing of a conversation: each question says
 * where it stands, so that any may be repeated, and the next may be asked anywhere. Thread-safe.
 */
final class SyncAnswers { // law G36
    private static final Long NOT_YET = -1L;

    private final Replica replica;

    /** What was pushed and waits for its seal; a memory only: whoever pushed it can do so again. */
    private final AwaitingSeals pushed;

    private final TopicSource topics;

    /** The last order of hashes that somebody compared with; made anew when entries have come. */
    private volatile @Nullable Ordered ordered;

    private record Ordered(Bytes digest, HashOrder order) {}

    SyncAnswers(Replica replica) {
        this.replica = replica;
        this.topics = new TopicSource(replica);
        this.pushed = new AwaitingSeals(replica);
    }

    /** The answer to a message, which may be a refusal. */
    byte[] answer(byte[] message) {
        try {
            return answer(SyncMessage.decode(message)).encode();
        } catch (OrreryException refused) {
            return new SyncMessage.Refusal(String.valueOf(refused.getMessage())).encode();
        }
    }

    private SyncMessage answer(SyncMessage question) {
        return switch (question) {
            case SyncMessage.Hello(String graph, String asking, Bytes digest) -> {
                requireThis(graph);
                yield hello(asking, digest);
            }
            case SyncMessage.Pull pull -> {
                requireThis(pull.graph());
                int most = Math.min(pull.most(), SyncSession.CHUNK_BYTES);
                yield entries(
                        new SyncSource(replica)
                                .beyond(pull.vector(), pull.roots(), pull.after(), most));
            }
            case SyncMessage.Push(String graph, Bytes chunk) -> {
                requireThis(graph);
                List<Entry> entries = EntryChunk.decode(chunk.toArray(), new EntryCodec());
                Merged merged = pushed.merge(entries);
                yield new SyncMessage.Taken(
                        merged.added(), merged.waiting().size(), merged.refused().size());
            }
            case SyncMessage.Compare(String graph, List<HashRange> ranges) -> {
                requireThis(graph);
                yield compare(ranges);
            }
            case SyncMessage.Fetch(String graph, List<Hash> hashes) -> {
                requireThis(graph);
                yield entries(new SyncSource(replica).of(hashes, SyncSession.CHUNK_BYTES));
            }
            case SyncMessage.AskTopic(TopicQuestion asked) -> {
                requireThis(asked.graph());
                yield topics.answer(asked)
                        .<SyncMessage>map(SyncMessage.OfTopic::new)
                        .orElseGet(this::bases);
            }
            case SyncMessage.FetchBase(String graph, Hash base, int from) -> {
                requireThis(graph);
                yield new SyncMessage.BasePart(part(base, from));
            }
            case SyncMessage.OfferBase offer -> {
                requireThis(offer.graph());
                yield take(offer);
            }
            default -> throw new Invalid("message", "is a question", question);
        };
    }

    private void requireThis(String graph) {
        replica.requireOpen();
        if (!graph.equals(replica.name())) {
            throw new Invalid("graph", "is " + replica.name(), graph);
        }
    }

    private SyncMessage hello(String asking, Bytes digest) {
        return replica.locked(() -> {
            Bytes own = replica.unreadable().digest();
            if (own.equals(digest)) {
                replica.acknowledge(asking, VersionVector.of(replica.index()));
                return new SyncMessage.Same(replica.author());
            }
            return new SyncMessage.Holds(
                    replica.author(),
                    own,
                    replica.schema().hash(),
                    VersionVector.of(replica.index()),
                    SyncSource.roots(replica.index()));
        });
    }

    private SyncMessage entries(SyncSource.Found found) {
        if (found.isBased()) {
            return bases();
        }
        return new SyncMessage.Entries(
                Bytes.of(EntryChunk.encode(found.entries())), found.after(), found.more());
    }

    private SyncMessage bases() {
        return new SyncMessage.Based(
                replica.store().bases().stream().map(SyncMessage.BaseName::of).toList());
    }

    private Bytes part(Hash base, int from) {
        StoredBase stored =
                replica.store().bases().stream()
                        .filter(each -> each.hash().equals(base))
                        .findFirst()
                        .orElseThrow(() -> new Missing("bases of " + replica.name(), base.text()));
        return replica.bases().part(stored, from);
    }

    private SyncMessage take(SyncMessage.OfferBase offer) {
        Hash hash = offer.base().hash();
        long added =
                replica.bases()
                        .incoming()
                        .take(offer.base(), offer.from(), offer.part())
                        .map(replica.bases()::merge)
                        .orElse(NOT_YET);
        return new SyncMessage.BaseTaken(
                added == NOT_YET ? replica.bases().incoming().reached(hash) : offer.base().length(),
                added);
    }

    private SyncMessage compare(List<HashRange> ranges) {
        HashOrder order = order();
        List<HashRange> smaller = new ArrayList<>();
        List<SyncMessage.Listed> listed = new ArrayList<>();
        for (HashRange theirs : ranges) {
            HashRange own = order.range(theirs.from(), theirs.to());
            if (own.sameAs(theirs)) {
                continue;
            }
            if (order.isFew(own)) {
                listed.add(new SyncMessage.Listed(own, order.list(own)));
            } else {
                smaller.addAll(order.cut(own));
            }
        }
        return new SyncMessage.Parts(smaller, listed);
    }

    private HashOrder order() {
        return replica.locked(() -> {
            Bytes digest = replica.unreadable().digest();
            Ordered known = ordered;
            if (known == null || !known.digest().equals(digest)) {
                known = new Ordered(digest, HashOrder.of(replica));
                ordered = known;
            }
            return known.order();
        });
    }
}
