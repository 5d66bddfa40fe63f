package dev.orrery.examples.flights;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * How much script ran for each frame of a page, from a trace of its main thread: everything between
 * one frame handed to the compositor and the next, also what messages and timers did. Immutable.
 *
 * <p>Told in milliseconds of the thread's own time, which other programs on the machine do not
 * lengthen, and of the clock's.
 */
final class FrameTimes {
    static final String[] CATEGORIES = {
        "devtools.timeline", "disabled-by-default-devtools.timeline", "v8"
    };

    /** What the browser calls work for scripts; one may lie within another. */
    private static final Set<String> SCRIPT =
            Set.of(
                    "EvaluateScript",
                    "EventDispatch",
                    "FireAnimationFrame",
                    "FunctionCall",
                    "MajorGC",
                    "MinorGC",
                    "RunMicrotasks",
                    "TimerFire",
                    "v8.callFunction",
                    "v8.run");

    private static final String FRAME_ENDS = "Commit";

    private final double[] busy;
    private final double[] elapsed;

    private FrameTimes(double[] busy, double[] elapsed) {
        this.busy = busy;
        this.elapsed = elapsed;
    }

    /** Those of a trace; what came after its last frame is left out. */
    static FrameTimes of(List<JsonNode> events) {
        String main = mainThread(events);
        List<JsonNode> work =
                events.stream()
                        .filter(event -> event.path("ph").asString().equals("X"))
                        .filter(event -> thread(event).equals(main))
                        .sorted(Comparator.comparingLong(FrameTimes::begin))
                        .toList();
        NavigableMap<Long, double[]> frames = new TreeMap<>();
        work.stream()
                .filter(event -> event.path("name").asString().equals(FRAME_ENDS))
                .forEach(event -> frames.put(begin(event), new double[2]));
        long until = 0;
        for (JsonNode event : work) {
            boolean isScript = SCRIPT.contains(event.path("name").asString());
            Map.Entry<Long, double[]> frame = frames.ceilingEntry(begin(event));
            if (isScript && begin(event) >= until && frame != null) {
                frame.getValue()[0] += event.path("tdur").asLong() / 1e3;
                frame.getValue()[1] += event.path("dur").asLong() / 1e3;
                until = begin(event) + event.path("dur").asLong();
            }
        }
        return of(frames.values().stream().toList(), frames.size());
    }

    private static FrameTimes of(List<double[]> frames, int count) {
        double[] busy = new double[count];
        double[] elapsed = new double[count];
        for (int at = 0; at < count; at++) {
            busy[at] = frames.get(at)[0];
            elapsed[at] = frames.get(at)[1];
        }
        return new FrameTimes(busy, elapsed);
    }

    /** All frames of some. */
    static FrameTimes joined(List<FrameTimes> parts) {
        return new FrameTimes(
                parts.stream().flatMapToDouble(part -> Arrays.stream(part.busy)).toArray(),
                parts.stream().flatMapToDouble(part -> Arrays.stream(part.elapsed)).toArray());
    }

    /** Of the main threads there are, that of the page: the one that did most. */
    private static String mainThread(List<JsonNode> events) {
        Map<String, Long> busiest =
                events.stream().collect(groupingBy(FrameTimes::thread, counting()));
        return events.stream()
                .filter(event -> event.path("name").asString().equals("thread_name"))
                .filter(event ->
                        event.path("args").path("name").asString().equals("CrRendererMain"))
                .map(FrameTimes::thread)
                .max(Comparator.comparingLong(thread -> busiest.getOrDefault(thread, 0L)))
                .orElseThrow();
    }

    private static String thread(JsonNode event) {
        return event.path("pid").asLong() + ":" + event.path("tid").asLong();
    }

    private static long begin(JsonNode event) {
        return event.path("ts").asLong();
    }

    int count() {
        return busy.length;
    }

    /** The script of a frame that this share of all frames does not exceed, in milliseconds. */
    double busyMillis(double share) {
        return at(busy, share);
    }

    private static double at(double[] times, double share) {
        double[] sorted = times.clone();
        Arrays.sort(sorted);
        return sorted[Math.min(sorted.length - 1, (int) (share * sorted.length))];
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d frames, script a frame in ms: p50 %.1f, p95 %.1f, most %.1f (by the clock:"
                        + " %.1f, %.1f, %.1f)",
                count(),
                at(busy, 0.5),
                at(busy, 0.95),
                at(busy, 1),
                at(elapsed, 0.5),
                at(elapsed, 0.95),
                at(elapsed, 1));
    }
}
