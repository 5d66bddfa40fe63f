package dev.orrery.graph;

import dev.orrery.core.Bytes;
import dev.orrery.core.Cursor;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Relation;
import dev.orrery.core.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A replica of a property graph: it can be read and written at any time, whether others can be
 * reached or not, and is equal to every other that has seen the same entries. Thread-safe.
 *
 * <p>A write returns when it is durable and visible. Inside {@link dev.orrery.core.Timeline#commit}
 * several writes become one step, all or nothing; others who write to this graph wait for its end.
 * A write that would only be hidden is refused with {@code Invalid}; one inside a query or a
 * snapshot with {@code Unsupported}.
 *
 * <p>As a feed it is its entries in the order in which they came here, each once, whoever wrote
 * them: from now on, from a place this replica gave out, or from a {@link VersionVector} of any
 * replica. A place of a store that was since put back to an older copy, of another replica, or one
 * behind which something was compacted, is answered with {@code StaleCursor}: then the graph is to
 * be read as it is, and followed from there. Whoever follows may read and write.
 */
public interface Graph extends GraphState, Feed<Entry>, AutoCloseable {
    /** What the graph is called. */
    String name();

    /** This replica's name, the author of what is written here. */
    String replica();

    /**
     * Adds a node, or more properties to one that is there.
     *
     * @param type a node type; {@code type/subtype} where the type has subtypes
     */
    void addNode(String type, String id, Row properties);

    /** Adds an edge between two nodes, or more properties to one that is there. */
    void addEdge(String type, String id, String from, String to, Row properties);

    /**
     * Gives a property of a node or an edge a value. Under an id that is not known here it is kept
     * until somebody adds it.
     */
    void set(String id, String property, @Nullable Object value);

    /** Gives properties of a node or an edge their values, as one step. */
    void set(String id, Row properties);

    /** Takes a property away. */
    void unset(String id, String property);

    /**
     * Removes a node; its edges are not seen until it is added again. What others write to it
     * meanwhile, unseen here, stays.
     */
    void removeNode(String id);

    /** Removes an edge. */
    void removeEdge(String id);

    /**
     * A part of the graph: the nodes that belong to it and the edges between them, kept up with
     * each commit. It costs memory for each of them, and is kept as long as the graph is open.
     *
     * @param part its name; asked for again, the part of that name is the same one
     * @param belongs a function of the node alone; that of the first time counts
     * @throws Unsupported the first time, inside a query, a snapshot or a commit
     */
    GraphPart part(String part, Predicate<? super Node> belongs);

    /** What an extension of the schema would hide that is visible now. */
    Ontology.Impact check(Ontology extension);

    /**
     * Extends the schema, here and in time everywhere.
     *
     * @param extension made with {@link Ontology#extend} of this graph's ontology
     * @throws dev.orrery.core.OrreryException.BadDefinition when it says nothing new, or
     *     contradicts what holds
     * @throws dev.orrery.core.OrreryException.Invalid when it would hide what is visible
     */
    void extend(Ontology extension);

    /**
     * Says whose entries are taken in from now on. What is here stays. This replica's own identity
     * is trusted whatever is said.
     */
    void trust(Trust trust);

    /**
     * Whose entries are taken in: what was said, with what was granted and revoked in the graph.
     */
    Trust trust();

    /**
     * Says for all replicas that a key is an author's, another one of his own say. It counts where
     * this replica's author {@linkplain Trust#administeredBy administers} keys, or is that author.
     *
     * @param publicKey what {@link Identity#publicKey} gives
     * @throws dev.orrery.core.OrreryException.Unsupported without an identity, or when it would not
     *     count here under strict trust
     */
    void grant(String author, Bytes publicKey);

    /**
     * Says for all replicas that a key is not an author's any more, for ever. What he had sealed
     * with it and who is trusted has taken in before he learned of this stays, and others take it
     * in from him; the rest waits. It counts as {@link #grant} does.
     *
     * @throws dev.orrery.core.OrreryException.Unsupported without an identity, or when it would not
     *     count here under strict trust
     */
    void revoke(String author, Bytes publicKey);

    /** The entries that are kept and hidden because they break the schema, by hash. */
    Relation<Hash, Quarantined> quarantine();

    /** The newest entries: those that no other follows, in the order of hashes. */
    List<Hash> heads();

    /** How many entries there are, those that were compacted too. */
    long entryCount();

    /**
     * The entries behind an arrival number of this replica, which count from 1; those that were
     * compacted are not among them.
     */
    List<Entry> entries(long after, int max);

    /** How far each author's entries are here: a cursor that every replica understands. */
    VersionVector vector();

    /**
     * The entries for a named consumer, whose place is kept here.
     *
     * @param lease how long what it has not acknowledged is kept from compaction, since it
     *     acknowledged last
     */
    Tail tail(String consumer, Duration lease);

    /**
     * Exchanges with a peer what one has and the other lacks, both ways. What was exchanged when it
     * breaks off stays, and the next time goes on from there.
     *
     * @throws dev.orrery.core.OrreryException.Unavailable when the peer cannot be reached
     * @throws dev.orrery.core.OrreryException.Unsupported when it refuses, saying why
     * @throws dev.orrery.core.OrreryException.Invalid when its answer makes no sense; nothing of it
     *     was taken in
     */
    Synced sync(Peer peer);

    /**
     * Fetches what a peer has of a topic and this replica lacks, and gives him what this replica
     * has and he lacks. What comes is here like anything else, and may be written to; what it
     * follows does not come along, so it is no part of {@link #heads}, {@link #vector} and what
     * this replica gives to others, until it comes again with that, by {@link #sync(Peer)}. It goes
     * on where it broke off, and costs what the peer has beyond what was here at the end of the
     * time before.
     *
     * @return where {@link Synced#equal} says that of the topic everything is here
     * @throws dev.orrery.core.OrreryException.Invalid when the topic names no type, or the peer's
     *     answer makes no sense
     * @throws dev.orrery.core.OrreryException.Unavailable when the peer cannot be reached
     * @throws dev.orrery.core.OrreryException.Unsupported when it refuses, saying why; or when some
     *     of it comes compacted by somebody who is not trusted with that
     */
    Synced sync(Peer peer, Topic topic);

    /**
     * Syncs with some of these peers again and again, until it is closed.
     *
     * @param peers by name, asked before each round
     * @param every how long to rest after a round
     */
    Gossip gossip(Supplier<Map<String, Peer>> peers, Duration every);

    /** The answer to what a peer asks, for whatever carries it; a refusal is an answer, too. */
    byte[] answer(byte[] message);

    /**
     * What answers one peer within a budget: each should be given one of his own. Who has used it
     * up finds this replica {@code Unavailable} until a time that he is told.
     */
    Peer answering(PeerBudget budget);

    /**
     * The graph as its authors' clocks had it at a moment, and as it stays; whoever asks later may
     * know of more entries of that time. Reads all entries.
     *
     * @throws dev.orrery.core.OrreryException.Invalid when it is before the end of what was
     *     compacted
     */
    GraphState asOf(Instant clock);

    /**
     * The graph as it was here when the entries up to a place had come. Reads all of them.
     *
     * @param arrival a place that this replica gave out
     * @throws dev.orrery.core.OrreryException.StaleCursor when what came behind it was compacted
     */
    GraphState asOf(Cursor arrival);

    /**
     * All entries about an id, and about the edges at it, what is followed first: the same list on
     * every replica that has them. What was compacted is not among them. Reads all entries.
     */
    List<Entry> provenance(String id);

    /**
     * Joins entries that nobody needs by themselves any more into a base, and drops their bytes.
     * What shows, the past from there on, and what others lack and get, stay as they are: who lacks
     * entries that were compacted gets the base. Other work goes on meanwhile, but for the moment
     * in which the base is stored. Where an erasure was broken off everything is compacted,
     * whatever the policy.
     *
     * @throws dev.orrery.core.OrreryException.Conflict when entries are missing here that are to be
     *     in the base
     */
    Compacted compact(Compaction policy);

    /**
     * Erases what was said of nodes or edges, as far as it is known here: now from this replica's
     * store, with all that was overwritten or removed before, and from that of each other when it
     * learns of it. What others wrote to them meanwhile stays, as after a removal. Everything is
     * compacted for that, whoever has it.
     *
     * <p>Ids stay, so nothing should be in them that may have to be erased. Backups, buffers and
     * observations are not looked into.
     *
     * @return what was erased, as proof
     */
    Erased erase(Collection<String> ids);

    /** When writes are durable from now on; what was deferred so far becomes so first. */
    void durability(Durability when);

    /** Makes everything durable that was written. */
    void flush();

    /**
     * Writes a checkpoint beside the store, so that the next opening reads it and only what came
     * later; closing does so by itself after many writes. Without a directory nothing happens.
     */
    void checkpoint();

    /** A hash of all that entries say, equal on replicas that have seen the same entries. */
    Hash stateHash();

    /** Waits for writes under way, then lets go of the store. Closing twice is harmless. */
    @Override
    void close();
}
