package dev.orrery.core;

import dev.orrery.core.OrreryException.StorageFailure;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What a segment log's directory held when it was opened, made fit to go on with.
 *
 * @param segments oldest first; the last is the active one
 * @param end the newest position found
 * @param activeBytes the length of the active file
 * @param active the active file, open for writing
 * @param damage what was found damaged so far
 */
record Recovery(
        List<Segment> segments,
        long end,
        long activeBytes,
        SegmentFile active,
        long cutBytes,
        List<SegmentLog.Damage> damage) {
    private static final System.Logger LOG = System.getLogger(Recovery.class.getName());

    /**
     * Looks at every header, then at the newest segment's records; changes nothing before all
     * headers are known.
     */
    static Recovery run(Path directory, SegmentFile.Opener opener) throws IOException {
        List<Segment> segments = find(directory);
        for (Segment segment : segments) {
            if (segment.header() == SegmentFormat.Header.NEWER) { // law C45
                throw new StorageFailure(
                        StorageFailure.Kind.NEWER_FORMAT, segment.file().toString(), null);
            }
        }
        removeUnfinished(directory);
        List<SegmentLog.Damage> damage = new ArrayList<>();
        for (Segment segment : segments) {
            if (segment.header() == SegmentFormat.Header.DAMAGED) {
                damage.add(
                        new SegmentLog.Damage(
                                segment.first(), segment.first() - 1, segment.file(), 0));
            }
        }
        if (segments.isEmpty()) {
            segments.add(Segment.create(directory, 1));
        } else if (segments.getLast().header() == SegmentFormat.Header.DAMAGED) {
            segments.add(sealed(directory, segments.getLast(), damage));
        }
        return resumed(segments, opener, damage);
    }

    private static Recovery resumed(
            List<Segment> segments, SegmentFile.Opener opener, List<SegmentLog.Damage> damage)
            throws IOException {
        Segment newest = segments.getLast();
        long size = newest.size();
        Segment.Extent extent = newest.scan(size, damage::add);
        SegmentFile active = opener.open(newest.file());
        boolean ready = false;
        try {
            if (extent.offset() < size) { // law C42
                // not forced: were the tail to come back, it would be cut again
                active.truncate(extent.offset());
                LOG.log(
                        System.Logger.Level.DEBUG,
                        "cut an unfinished write of {0} bytes from {1}",
                        size - extent.offset(),
                        newest.file());
            }
            ready = true;
            return new Recovery(
                    List.copyOf(segments),
                    extent.last(),
                    extent.offset(),
                    active,
                    size - extent.offset(),
                    damage);
        } finally {
            if (!ready) {
                active.close();
            }
        }
    }

    /**
     * Begins a new segment behind one whose header is damaged: that one may not be ours to cut or
     * write.
     */
    private static Segment sealed(Path directory, Segment newest, List<SegmentLog.Damage> damage)
            throws IOException {
        long last = newest.scan(newest.size(), damage::add).last();
        long next = Math.max(last, newest.first()) + 1;
        newest.scanSealed(next - 1, damage::add);
        return Segment.create(directory, next);
    }

    private static List<Segment> find(Path directory) throws IOException {
        List<Segment> segments = new ArrayList<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(directory, "*" + SegmentFormat.SUFFIX)) {
            for (Path file : files) {
                var first = SegmentFormat.firstPosition(file);
                if (first.isPresent()) {
                    segments.add(Segment.found(file, first.getAsLong()));
                }
            }
        }
        segments.sort(Comparator.comparingLong(Segment::first));
        return segments;
    }

    private static void removeUnfinished(Path directory) throws IOException {
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(directory, "*" + SegmentFormat.SUFFIX + ".tmp")) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }
}
