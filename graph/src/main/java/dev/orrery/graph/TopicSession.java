package dev.orrery.graph;

import dev.orrery.core.OrreryException.Invalid;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One exchange about a topic: what the peer has of it comes here, and what is here and was written
 * by whomever goes there, as in any exchange. Confined to one thread.
 */
final class TopicSession { // law G68
    private final Replica replica;
    private final Topic topic;
    private final SyncSession exchange;
    private final EntryCodec codec = new EntryCodec();

    /** Whose entries came and could not be taken in. */
    private final SortedSet<String> lacking = new TreeSet<>();

    TopicSession(Replica replica, Peer peer, Topic topic) {
        if (topic.nodeTypes().isEmpty() && topic.edgeTypes().isEmpty()) {
            throw new Invalid("topic", "names a type", topic);
        }
        this.replica = replica;
        this.topic = topic;
        this.exchange = new SyncSession(replica, peer);
    }

    Synced run() {
        VersionVector theirs = pull();
        if (!hasOurs(theirs) && exchange.hello() instanceof SyncMessage.Holds holds) {
            exchange.push(holds);
            lacking.clear();
            theirs = pull(); // what was written here may make more of theirs belong
        }
        return exchange.synced(lacking.isEmpty() && hasOurs(theirs));
    }

    private boolean hasOurs(VersionVector theirs) {
        return SyncSession.knowsAll(theirs, exchange.vector());
    }

    /** Fetches all that lacks, and returns what the peer has of everything. */
    private VersionVector pull() {
        TopicQuestion question = first();
        while (true) {
            SyncMessage answered = exchange.ask(new SyncMessage.AskTopic(question));
            if (answered instanceof SyncMessage.Based based) {
                exchange.take(based);
                question = first();
                continue;
            }
            TopicAnswer answer = ((SyncMessage.OfTopic) answered).answer();
            take(answer);
            if (answer.complete().isPresent()) {
                Cut complete = answer.complete().get();
                replica.keep(topic, complete.without(lacking));
                replica.acknowledge(answer.replica(), complete.vector());
                return complete.vector();
            }
            if (!answer.next().isBehind(question.place())) {
                throw new Invalid("the peer's answer", "leads on", answer.next());
            }
            question = question.at(answer.next());
        }
    }

    /** The same vector and cuts are given until the end, since places depend on them. */
    private TopicQuestion first() {
        return replica.locked(() ->
                new TopicQuestion(
                        replica.name(),
                        replica.author(),
                        topic,
                        VersionVector.of(replica.index()),
                        SyncSource.roots(replica.index()),
                        replica.topics().of(topic),
                        TopicQuestion.Place.FIRST,
                        replica.trust().isStrict(),
                        SyncSession.CHUNK_BYTES));
    }

    private void take(TopicAnswer answer) {
        List<Entry> entries = EntryChunk.decode(answer.chunk().toArray(), codec);
        List<Entry> vouching = EntryChunk.decode(answer.vouching().toArray(), codec);
        if (entries.isEmpty()) {
            return;
        }
        Merged merged = replica.mergeLoose(entries, vouching);
        exchange.note(merged);
        Map<Hash, String> authors = new HashMap<>();
        entries.forEach(entry -> authors.put(entry.hash(), entry.author()));
        merged.waiting().forEach(waiting -> lacking.add(waiting.entry().author()));
        merged.refused()
                .forEach(refused -> {
                    String author = authors.get(refused.entry());
                    if (author != null) {
                        lacking.add(author);
                    }
                });
    }
}
