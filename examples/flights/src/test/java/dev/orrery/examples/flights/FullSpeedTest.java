package dev.orrery.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.examples.flights.SentMessages.Rate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The page while flights come as fast as they are folded: all 20,000 eight times over. The first
 * time is the start, in which the page is loaded and its code is new to the browser; the others
 * show how it goes on.
 */
@Tag("long")
class FullSpeedTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int ROUNDS = 8;

    /** By then the page holds as many commits, rows and measurements as it ever keeps. */
    private static final int FULL_AFTER = 4;

    private static final int PER_SECOND = 60;

    /** What a frame may take at full speed. */
    private static final double BUDGET_MILLIS = 12;

    /** An object of one member and its place in an array, in V8. */
    private static final int SMALLEST_BYTES = 32;

    @TempDir private static Path directory;

    private static SentMessages sent;
    private static FrameTimes start;
    private static FrameTimes steady;

    /** After each round, with the garbage collected, in bytes. */
    private static final List<Long> HEAP = new ArrayList<>();

    @BeforeAll
    static void fly() {
        List<Flight> once = Flight.all();
        List<Flight> flights = new ArrayList<>();
        List<FrameTimes> rounds = new ArrayList<>();
        try (OpenPage page = new OpenPage(directory);
                DevTools tools = DevTools.ofPage(page.browser)) {
            sent = page.sent;
            tools.call("Performance.enable", Map.of());
            for (int round = 0; round < ROUNDS; round++) {
                flights.addAll(once);
                tools.beginTrace(FrameTimes.CATEGORIES);
                if (round == 0) {
                    page.open();
                }
                new Replay(page.app, flights, new Speed.Max()).run();
                page.app.orrery.settle(LIMIT);
                page.await(
                        "all flights",
                        () ->
                                page.run("return one('flights-numbers').flights")
                                        .equals((long) flights.size()));
                rounds.add(FrameTimes.of(tools.endTrace()));
                HEAP.add(heap(page, tools));
            }
        }
        start = rounds.getFirst();
        steady = FrameTimes.joined(rounds.subList(1, ROUNDS));
    }

    /** What the page keeps, once nothing is lit any more. */
    private static long heap(OpenPage page, DevTools tools) {
        page.await(
                "the last commit fades",
                () -> page.run("return one('flights-page').story.phase").equals("dim"));
        tools.call("HeapProfiler.collectGarbage", Map.of());
        tools.call("HeapProfiler.collectGarbage", Map.of());
        for (JsonNode metric : tools.call("Performance.getMetrics", Map.of()).path("metrics")) {
            if (metric.path("name").asString().equals("JSHeapUsedSize")) {
                return metric.path("value").asLong();
            }
        }
        throw new AssertionError("the browser tells no JSHeapUsedSize");
    }

    @AfterAll
    static void print() {
        System.out.println("at the start: " + start);
        System.out.println("going on: " + steady);
        System.out.println(
                "heap after each 20,000 flights, KB: "
                        + HEAP.stream().map(bytes -> bytes / 1_000).toList());
        for (String channel : sent.channels()) {
            if (channel.matches("view:.*|value:.*|engine:commits|query:.*:CA")) {
                System.out.println(channel + ": " + sent.of(channel));
            }
        }
    }

    /** Of the time the page had the processor: what else the machine does is not in it. */
    @Test
    void theScriptOfAFrameStaysWithinItsBudget() {
        assertThat(steady.count()).isGreaterThan(50);
        assertThat(steady.busyMillis(0.95)).isLessThanOrEqualTo(BUDGET_MILLIS);
    }

    /**
     * Once it keeps all that it keeps, the page grows by less than the smallest object in a list
     * for each flight: it keeps nothing of them.
     */
    @Test
    void theHeapIsFlat() {
        long flights = (long) (ROUNDS - FULL_AFTER) * Lines.flights().size();
        assertThat(HEAP.getLast() - HEAP.get(FULL_AFTER - 1)).isLessThan(SMALLEST_BYTES * flights);
    }

    /**
     * Counted where the server hands messages to the socket, over the whole time: in a single
     * second there may be more, when some of the second before had to wait for the socket.
     */
    @Test
    void theServerSendsAtMostSixtyPatchesASecondOfAView() {
        assertThat(sent.channels()).contains("view:board", "view:flown", "value:mean-delay");
        for (String channel : sent.channels()) {
            Rate rate = sent.of(channel);
            assertThat(rate.messages())
                    .as(channel)
                    .isLessThanOrEqualTo((long) (rate.seconds() * PER_SECOND) + 1);
        }
    }
}
