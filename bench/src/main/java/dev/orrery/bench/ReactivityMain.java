package dev.orrery.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The program that runs the tests of {@link Reactivity} in a process of its own: a line {@code open
 * N NAME} builds a test of an Nth of the work and runs it once, a line {@code run} answers with the
 * milliseconds of one sample.
 */
final class ReactivityMain {
    private static final String OPEN = "open ";

    private @Nullable Reactive reactive;
    private Reactivity.@Nullable Sample sample;

    private ReactivityMain() {}

    static void main() throws IOException {
        ReactivityMain main = new ReactivityMain();
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (@Nullable String line = lines.readLine(); line != null; line = lines.readLine()) {
            IO.println(main.answer(line));
        }
    }

    private String answer(String line) {
        if (line.startsWith(OPEN)) {
            String[] what = line.substring(OPEN.length()).split(" ", 2);
            open(Integer.parseInt(what[0]), what[1]);
            return "open";
        }
        System.gc();
        return String.valueOf(Objects.requireNonNull(sample, "nothing is open").millis());
    }

    private void open(int part, String name) {
        if (reactive != null) {
            reactive.close();
        }
        reactive = new Reactive();
        sample = Objects.requireNonNull(Reactivity.tests(part).get(name), name).on(reactive);
        sample.millis();
    }
}
