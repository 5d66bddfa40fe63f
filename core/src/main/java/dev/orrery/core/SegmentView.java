package dev.orrery.core;

import java.util.List;
import java.util.stream.Stream;

/**
 * What is readable of a segment log.
 *
 * @param segments oldest first, never empty; the last is the active one
 * @param end the newest durable position
 * @param activeBytes the durable length of the active file
 */
record SegmentView(List<Segment> segments, long end, long activeBytes) {
    Segment newest() {
        return segments.getLast();
    }

    long start() {
        return segments.getFirst().first();
    }

    /** The index of the segment that holds a position at or above {@link #start}. */
    int indexOf(long position) {
        int index = segments.size() - 1;
        while (index > 0 && segments.get(index).first() > position) {
            index--;
        }
        return index;
    }

    /** Without the segments that hold only lower positions. */
    SegmentView from(long position) { // law C48
        return new SegmentView(
                List.copyOf(segments.subList(indexOf(position), segments.size())),
                end,
                activeBytes);
    }

    /** The segments that {@link #from} leaves out. */
    List<Segment> before(long position) {
        return segments.subList(0, indexOf(position));
    }

    /** With a new active segment, empty so far. */
    SegmentView and(Segment next) {
        return new SegmentView(
                Stream.concat(segments.stream(), Stream.of(next)).toList(),
                end,
                SegmentFormat.HEADER_BYTES);
    }
}
