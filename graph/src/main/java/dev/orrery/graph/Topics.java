package dev.orrery.graph;

import dev.orrery.core.CborReader;
import dev.orrery.core.CborWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * How far topics are here. Of peers of whom neither knows all that the other does a topic has a cut
 * each, since what belongs to it is not the same to both. Guarded by the lock of its graph.
 */
final class Topics { // law G68
    /** The most cuts of one topic; without the others more is sent than is lacking. */
    static final int MOST_CUTS = 8;

    private final Map<Topic, List<Cut>> cuts = new HashMap<>();

    /** How far one topic is here. */
    record Progress(Topic topic, List<Cut> cuts) {
        Progress {
            cuts = List.copyOf(cuts);
        }

        /** What a store keeps of it; {@code docs/formats/graph.md}. */
        byte[] bytes() {
            CborWriter out = new CborWriter();
            out.beginList(2);
            Topics.write(out, topic);
            Topics.write(out, cuts);
            out.end();
            return out.toByteArray();
        }

        static Progress read(ByteBuffer in) {
            byte[] bytes = new byte[in.remaining()];
            in.get(bytes);
            CborReader reader = new CborReader(bytes);
            if (reader.tryBeginList() != 2) {
                throw reader.damaged("how far a topic is has two parts");
            }
            Progress progress = new Progress(Topics.topic(reader), Topics.cuts(reader));
            reader.end();
            reader.expectEnd();
            return progress;
        }
    }

    /** The cuts of a topic, the newest first. */
    List<Cut> of(Topic topic) {
        return cuts.getOrDefault(topic, List.of());
    }

    /** With one more cut of a topic; those that are within it are left out. */
    Progress with(Topic topic, Cut cut) {
        List<Cut> all = new ArrayList<>();
        all.add(cut);
        of(topic).stream()
                .filter(known -> !cut.isBeyond(known))
                .limit(MOST_CUTS - 1)
                .forEach(all::add);
        return new Progress(topic, all);
    }

    void put(Progress progress) {
        cuts.put(progress.topic(), progress.cuts());
    }

    /** Takes nothing of them for being here. */
    void forget() {
        cuts.clear();
    }

    /** All topics. */
    List<Progress> all() {
        return cuts.entrySet().stream()
                .map(each -> new Progress(each.getKey(), each.getValue()))
                .toList();
    }

    // ---- bytes

    static void write(CborWriter out, Topic topic) {
        out.beginList(3);
        out.text(topic.name());
        write(out, topic.nodeTypes());
        write(out, topic.edgeTypes());
        out.end();
    }

    private static void write(CborWriter out, SortedSet<String> types) {
        out.beginList(types.size());
        types.forEach(out::text);
        out.end();
    }

    static void write(CborWriter out, List<Cut> cuts) {
        out.beginList(cuts.size());
        cuts.forEach(cut -> cut.write(out));
        out.end();
    }

    static Topic topic(CborReader in) {
        if (in.tryBeginList() != 3) {
            throw in.damaged("a topic has a name, node types and edge types");
        }
        Topic topic = new Topic(in.text(), types(in), types(in));
        in.end();
        return topic;
    }

    private static SortedSet<String> types(CborReader in) {
        SortedSet<String> types = new TreeSet<>();
        for (int i = SyncMessage.begin(in, Topic.MOST_TYPES); i > 0; i--) {
            types.add(in.text());
        }
        in.end();
        return types;
    }

    static List<Cut> cuts(CborReader in) {
        List<Cut> cuts = new ArrayList<>();
        for (int i = SyncMessage.begin(in, MOST_CUTS); i > 0; i--) {
            cuts.add(Cut.read(in));
        }
        in.end();
        return cuts;
    }
}
