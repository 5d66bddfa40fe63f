package dev.orrery.graph;

import dev.orrery.core.Bytes;
import dev.orrery.core.Cursor;
import dev.orrery.core.Relation;
import dev.orrery.core.Row;
import dev.orrery.core.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A graph over its replica: turns calls into operations. Thread-safe. */
final class LocalGraph extends ReplicaState implements Graph {
    private final Replica replica;
    private final EntryFeed feed;
    private final History history;
    private final SyncAnswers answers;
    private final DeferredLog log;

    LocalGraph(Replica replica, DeferredLog log) {
        super(replica);
        this.replica = replica;
        this.log = log;
        this.feed = new EntryFeed(replica);
        this.history = new History(replica);
        this.answers = new SyncAnswers(replica);
    }

    @Override
    public String name() {
        return replica.name();
    }

    @Override
    public String replica() {
        return replica.author();
    }

    // ---- reading

    @Override
    public Relation<Hash, Quarantined> quarantine() {
        return replica.quarantine();
    }

    // ---- writing

    @Override
    public void addNode(String type, String id, Row properties) {
        replica.write(new Operation.AddNode(id, type, replica.shared(properties)));
    }

    @Override
    public void addEdge(String type, String id, String from, String to, Row properties) {
        replica.write(new Operation.AddEdge(id, type, from, to, replica.shared(properties)));
    }

    @Override
    public void set(String id, String property, @Nullable Object value) {
        replica.write(new Operation.Set(id, property, normal(property, value)));
    }

    private static @Nullable Object normal(String property, @Nullable Object value) {
        return switch (value) {
            case null -> null;
            case String _, Long _, Double _, Boolean _ -> value;
            default -> Row.of(property, value).value(property);
        };
    }

    @Override
    public void set(String id, Row properties) {
        replica.writeAll(() -> {
            List<Operation> operations = new ArrayList<>();
            for (String property : properties.columns()) {
                operations.add(new Operation.Set(id, property, properties.value(property)));
            }
            return operations;
        });
    }

    @Override
    public void unset(String id, String property) {
        replica.write(new Operation.Unset(id, property));
    }

    @Override
    public void removeNode(String id) {
        remove(id, false);
    }

    @Override
    public GraphPart part(String part, Predicate<? super Node> belongs) {
        return replica.part(part, belongs);
    }

    @Override
    public void removeEdge(String id) {
        remove(id, true);
    }

    private void remove(String id, boolean isEdge) {
        replica.writeAll(() -> List.of(replica.removal(id, isEdge)));
    }

    @Override
    public Ontology.Impact check(Ontology extension) {
        return replica.check(extension);
    }

    @Override
    public void extend(Ontology extension) {
        replica.extend(extension);
    }

    @Override
    public void durability(Durability when) {
        log.durability(when);
    }

    @Override
    public void flush() {
        log.flush();
    }

    @Override
    public void checkpoint() {
        log.flush();
        replica.checkpoint();
    }

    @Override
    public void trust(Trust trust) {
        replica.trust(trust);
    }

    @Override
    public Trust trust() {
        return replica.locked(replica::trust);
    }

    @Override
    public void grant(String author, Bytes publicKey) {
        replica.writeAboutKeys(author, new Operation.Grant(author, publicKey));
    }

    @Override
    public void revoke(String author, Bytes publicKey) {
        replica.writeAboutKeys(author, new Operation.Revoke(author, publicKey));
    }

    // ---- entries

    @Override
    public List<Hash> heads() {
        return replica.locked(() -> replica.index().heads());
    }

    @Override
    public long entryCount() {
        return replica.locked(() -> {
            EntryIndex index = replica.index();
            long underWay = index.size() - replica.arrived();
            return index.fingerprint().count() + index.loose().count() - underWay;
        });
    }

    @Override
    public List<Entry> entries(long after, int max) {
        long end = replica.arrived();
        int most = (int) Math.min(max, Math.max(0, end - after));
        return most == 0
                ? List.of()
                : replica.read(new EntryCodec(), after, most).stream()
                        .filter(stored -> !isAgain(stored.arrival()))
                        .map(StoredEntry::entry)
                        .filter(entry -> !replica.isCompacted(entry.hash()))
                        .toList();
    }

    private boolean isAgain(long arrival) {
        return replica.locked(() -> replica.index().loose().isAgain((int) arrival));
    }

    @Override
    public GraphState asOf(Instant clock) {
        return history.asOf(clock);
    }

    @Override
    public GraphState asOf(Cursor arrival) {
        return history.asOf(feed.arrival(arrival));
    }

    @Override
    public Compacted compact(Compaction policy) {
        return replica.compacting().run(policy);
    }

    @Override
    public Erased erase(Collection<String> ids) {
        return replica.compacting().erase(ids);
    }

    @Override
    public List<Entry> provenance(String id) {
        return history.provenance(id);
    }

    @Override
    public VersionVector vector() {
        return replica.locked(() -> VersionVector.of(replica.index()));
    }

    @Override
    public Subscription<Entry> subscribe() {
        return feed.subscribe();
    }

    @Override
    public Subscription<Entry> subscribe(Cursor after) {
        return feed.subscribe(after);
    }

    @Override
    public Cursor head() {
        return feed.head();
    }

    @Override
    public Cursor cursor(String text) {
        return feed.cursor(text);
    }

    @Override
    public Tail tail(String consumer, Duration lease) {
        return feed.tail(consumer, lease);
    }

    @Override
    public Synced sync(Peer peer) {
        return new SyncSession(replica, peer).run();
    }

    @Override
    public Synced sync(Peer peer, Topic topic) {
        return new TopicSession(replica, peer, topic).run();
    }

    @Override
    public Gossip gossip(Supplier<Map<String, Peer>> peers, Duration every) {
        return Gossip.begin(this, peers, every, RandomGenerator.of("SecureRandom"));
    }

    @Override
    public byte[] answer(byte[] message) {
        return answers.answer(message);
    }

    @Override
    public Peer answering(PeerBudget budget) {
        return new BudgetedPeer(answers, replica.locked(() -> replica.clock().wall()), budget);
    }

    @Override
    public Hash stateHash() {
        return replica.locked(() -> Hash.of(StateCodec.encode(replica.state())));
    }

    @Override
    public void close() {
        replica.close();
    }

    @Override
    public String toString() {
        return name() + " of " + replica();
    }
}
