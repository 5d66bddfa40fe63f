package dev.orrery.graph;

import dev.orrery.core.Bytes;
import dev.orrery.core.CborReader;
import dev.orrery.core.CborWriter;
import java.util.Optional;

/**
 * What belongs to a topic, or a part of it. Immutable.
 *
 * @param replica the name of who answers
 * @param chunk entries that belong
 * @param vouching a chunk of entries that lead from those to their authors' seals
 * @param next where to go on
 * @param complete how far the topic is when this was the last part
 */
record TopicAnswer(
        String replica,
        Bytes chunk,
        Bytes vouching,
        TopicQuestion.Place next,
        Optional<Cut> complete) {
    void write(CborWriter out) {
        out.beginList(complete.isPresent() ? 7 : 6);
        out.text(replica);
        out.bytes(chunk.toArray());
        out.bytes(vouching.toArray());
        next.write(out);
        complete.ifPresent(cut -> cut.write(out));
        out.end();
    }

    static TopicAnswer read(CborReader in) {
        int parts = in.tryBeginList();
        if (parts != 6 && parts != 7) {
            throw in.damaged("an answer about a topic has six or seven parts");
        }
        TopicAnswer answer =
                new TopicAnswer(
                        Limits.author(in.text()),
                        in.bytes(),
                        in.bytes(),
                        TopicQuestion.Place.read(in),
                        parts == 7 ? Optional.of(Cut.read(in)) : Optional.empty());
        in.end();
        return answer;
    }
}
