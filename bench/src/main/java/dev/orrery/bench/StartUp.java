package dev.orrery.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long the built program takes from its start to the line that says it listens: {@code ./orrery
 * demo} with an empty data directory, which it fills. Beside it the same without the JDK's start-up
 * cache.
 */
final class StartUp {
    private static final double GOAL_SECONDS = 2;
    private static final long LIMIT_SECONDS = 60;
    private static final long END_SECONDS = 10;
    private static final Map<String, String> AS_IT_IS = Map.of();
    private static final Map<String, String> WITHOUT_CACHE =
            Map.of("JDK_JAVA_OPTIONS", "-XX:AOTMode=off");

    private final Workplace place;

    StartUp(Workplace place) {
        this.place = place;
    }

    List<Figure> measure(Effort effort, Progress progress) throws Exception {
        @Nullable Path checkout = place.checkout().orElse(null);
        if (checkout == null || !Files.exists(checkout.resolve("target/orrery/built"))) {
            progress.say("  left out: start-up, because ./orrery has not built the program");
            return List.of();
        }
        int rounds = effort.either(3, 9);
        progress.say("  start-up: %d rounds".formatted(rounds));
        Path launcher = checkout.resolve("orrery");
        Samples cached = new Samples();
        Samples uncached = new Samples();
        for (int round = -1; round < rounds; round++) {
            double with = place.inFreshFolder(folder -> seconds(launcher, folder, AS_IT_IS));
            double without =
                    place.inFreshFolder(folder -> seconds(launcher, folder, WITHOUT_CACHE));
            if (round >= 0) {
                cached.add(with);
                uncached.add(without);
            }
        }
        return List.of(
                Figure.alone(SliceSuite.NAME, "start to listening", cached.median(), "s")
                        .beside("without the AOT cache", uncached.median())
                        .withGoal(new Figure.Goal.AtMost(GOAL_SECONDS)));
    }

    private static double seconds(Path launcher, Path folder, Map<String, String> environment)
            throws Exception {
        ProcessBuilder demo =
                new ProcessBuilder(
                                launcher.toString(),
                                "demo",
                                "--no-open",
                                "--port",
                                "0",
                                "--data-dir",
                                folder.toString())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        demo.environment().putAll(environment);
        long began = System.nanoTime();
        Process process = demo.start();
        try (BufferedReader said = process.errorReader(StandardCharsets.UTF_8)) {
            CompletableFuture.delayedExecutor(LIMIT_SECONDS, TimeUnit.SECONDS)
                    .execute(process::destroyForcibly);
            awaitListening(said);
            return (System.nanoTime() - began) / 1e9;
        } finally {
            end(process);
        }
    }

    private static void awaitListening(BufferedReader said) throws IOException {
        String last = "nothing";
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.contains("listening on")) {
                return;
            }
            last = line;
        }
        throw new IOException("the demo ended before it listened; the last it said: " + last);
    }

    private static void end(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
