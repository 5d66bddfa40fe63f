package dev.orrery.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Random histories: a subject is put through random steps, and after each one compared with an
 * oracle.
 *
 * <pre>{@code
 * Histories.of(Subject::new)
 *         .step(3, (subject, random) -> "put " + subject.put(random))
 *         .step(1, (subject, random) -> "remove " + subject.remove(random))
 *         .check(subject -> assertThat(subject.incremental()).isEqualTo(subject.recomputed()))
 *         .run(100, 50);
 * }</pre>
 *
 * <p>A failure names the seed and the steps up to it, in order. Confined to one thread while it is
 * built; a run uses the calling thread only.
 *
 * @param <S> the subject, which holds what is tested and its oracle
 */
public final class Histories<S> {
    private final Supplier<S> subjects;
    private final List<BiFunction<S, Seeded, String>> steps = new ArrayList<>();
    private final List<Consumer<S>> checks = new ArrayList<>();

    private Histories(Supplier<S> subjects) {
        this.subjects = subjects;
    }

    /**
     * Histories of fresh subjects; one that is {@code AutoCloseable} is closed at its history's
     * end.
     */
    public static <S> Histories<S> of(Supplier<S> subjects) {
        return new Histories<>(subjects);
    }

    /**
     * Adds a step, chosen as often as its weight says; it does something and returns what it did.
     */
    public Histories<S> step(int weight, BiFunction<S, Seeded, String> step) {
        for (var i = 0; i < weight; i++) {
            steps.add(step);
        }
        return this;
    }

    /** Adds what must be so after every step. */
    public Histories<S> check(Consumer<S> check) {
        checks.add(check);
        return this;
    }

    /**
     * Runs that many histories of that many steps each, or the one that {@code -Dorrery.seed}
     * names.
     *
     * @throws AssertionError naming the seed and the steps, when a step or a check fails
     */
    public void run(int histories, int length) {
        Seeded.runs(histories, random -> runOne(random, length));
    }

    private void runOne(Seeded random, int length) {
        var done = new ArrayList<String>();
        var subject = subjects.get();
        try {
            checks.forEach(check -> check.accept(subject));
            for (var i = 0; i < length; i++) {
                done.add("(failed within this step)");
                done.set(i, random.pick(steps).apply(subject, random));
                checks.forEach(check -> check.accept(subject));
            }
            if (subject instanceof AutoCloseable closeable) {
                closeable.close();
            }
        } catch (Exception | AssertionError failure) {
            throw new AssertionError(
                    "after "
                            + done.size()
                            + " steps:\n  "
                            + String.join("\n  ", done)
                            + "\n"
                            + failure,
                    failure);
        }
    }
}
