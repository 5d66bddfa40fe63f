package dev.orrery.graph;

import dev.orrery.core.CborReader;
import dev.orrery.core.CborWriter;
import java.util.List;

/**
 * What a replica asks that wants to have a topic. Immutable.
 *
 * @param replica the name of who asks
 * @param vector what he has of everything
 * @param roots the roots he has
 * @param cuts how far the topic is with him beside that
 * @param place where the answer begins
 * @param sealed whether he needs to see what vouches for the entries
 * @param most how many bytes of entries he can take, about
 */
record TopicQuestion(
        String graph,
        String replica,
        Topic topic,
        VersionVector vector,
        List<Hash> roots,
        List<Cut> cuts,
        Place place,
        boolean sealed,
        int most) {
    /**
     * A place in the answers of one replica.
     *
     * @param after the arrival number there up to which everything was looked at
     * @param older the arrival number there up to which was sent what lies before, of the next id
     * @param until the arrival number there at which the answers end, 0 before the first
     */
    record Place(long after, long older, long until) {
        static final Place FIRST = new Place(0, 0, 0);

        /** Whether it is farther than another. */
        boolean isBehind(Place other) {
            return after > other.after || (after == other.after && older > other.older);
        }

        void write(CborWriter out) {
            out.whole(after);
            out.whole(older);
            out.whole(until);
        }

        static Place read(CborReader in) {
            return new Place(SyncMessage.place(in), SyncMessage.place(in), SyncMessage.place(in));
        }
    }

    /** The same question at another place. */
    TopicQuestion at(Place next) {
        return new TopicQuestion(graph, replica, topic, vector, roots, cuts, next, sealed, most);
    }

    void write(CborWriter out) {
        out.beginList(11);
        out.text(graph);
        out.text(replica);
        Topics.write(out, topic);
        SyncMessage.vector(out, vector);
        SyncMessage.hashes(out, roots);
        Topics.write(out, cuts);
        place.write(out);
        out.flag(sealed);
        out.whole(most);
        out.end();
    }

    static TopicQuestion read(CborReader in) {
        if (in.tryBeginList() != 11) {
            throw in.damaged("a question for a topic has eleven parts");
        }
        TopicQuestion question =
                new TopicQuestion(
                        in.text(),
                        Limits.author(in.text()),
                        Topics.topic(in),
                        SyncMessage.vector(in),
                        SyncMessage.hashes(in),
                        Topics.cuts(in),
                        Place.read(in),
                        SyncMessage.flag(in),
                        SyncMessage.most(in));
        in.end();
        return question;
    }
}
