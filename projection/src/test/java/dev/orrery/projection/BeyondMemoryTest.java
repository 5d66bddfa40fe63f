package dev.orrery.projection;

import static dev.orrery.projection.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Commit;
import dev.orrery.core.Condition;
import dev.orrery.core.Delivery;
import dev.orrery.core.Pin;
import dev.orrery.core.Revision;
import dev.orrery.core.Subscription;
import dev.orrery.core.Versioned;
import dev.orrery.projection.Rig.Step;
import dev.orrery.projection.Rig.Trace;
import dev.orrery.testkit.Histories;
import dev.orrery.testkit.Seeded;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random histories of a projection that keeps few of its keys in memory, with readers pinned to old
 * revisions, beside a plain fold. // laws P15, C65
 */
class BeyondMemoryTest {
    private static final int KEYS = 100;
    private static final int IN_MEMORY = 8;
    private static final int GONE = 0;
    private static final int BAD = 13;

    @TempDir Path directory;
    private int histories;

    /** What the projection is to be: states, and what waits for keys whose fold threw. */
    private static final class Model {
        private final Map<String, Trace> states = new HashMap<>();
        private final Map<String, Deque<Step>> waiting = new TreeMap<>();

        void fold(Step step) {
            Deque<Step> behind = waiting.get(step.key());
            if (behind != null) {
                behind.add(step);
            } else if (step.value() == BAD) {
                waiting.put(step.key(), new ArrayDeque<>(List.of(step)));
            } else {
                apply(step);
            }
        }

        private void apply(Step step) {
            if (step.value() == GONE) {
                states.remove(step.key());
            } else {
                states.merge(step.key(), Trace.NONE.then(step), (before, _) -> before.then(step));
            }
        }

        /** What waits is folded, the first of it perhaps left out; nothing throws meanwhile. */
        void release(String key, boolean leaveOutFirst) {
            Deque<Step> behind = waiting.remove(key);
            if (leaveOutFirst) {
                behind.remove();
            }
            behind.forEach(this::apply);
        }
    }

    private final class Subject implements AutoCloseable {
        private final Path home;
        private final AtomicBoolean lucky = new AtomicBoolean();
        private final List<Step> events = new ArrayList<>();
        private final Deque<Pin> pins = new ArrayDeque<>();
        private final Projection<Step, String, Trace> definition =
                Projection.of("traces", Step.class)
                        .key(String.class, Step::key)
                        .state(Trace.class, Trace.NONE)
                        .fold(this::fold)
                        .removeWhen(trace -> trace.count() < 0)
                        .onFault(_ -> Fault.park())
                        .keysInMemory(IN_MEMORY);
        private final NavigableMap<Long, Map<String, Trace>> history = new TreeMap<>();
        private Model model = new Model();
        private long folded;
        private Rig rig;
        private LiveProjection<String, Trace> traces;
        private Versioned<String, Trace> versioned;
        private Subscription<Delivery<Commit>> commits;

        Subject() {
            try {
                home = Files.createDirectory(directory.resolve("history-" + histories++));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            open();
        }

        private Trace fold(Trace trace, Step step) {
            if (step.value() == BAD && !lucky.get()) {
                throw new IllegalStateException("thirteen");
            }
            return step.value() == GONE ? new Trace(-1, 0, List.of()) : trace.then(step);
        }

        private void open() {
            rig = new Rig(home, 200);
            commits = rig.timeline.commits().subscribe();
            history.clear();
            history.put(rig.timeline.published(), Map.copyOf(model.states)); // all is folded
            traces = rig.projections.run(rig.log, definition);
            versioned = Beyond.versioned(traces);
        }

        private String key(Seeded random) {
            return "k" + random.below(KEYS);
        }

        String append(Seeded random) {
            int count = random.oneIn(4) ? 1 + random.below(60) : 1 + random.below(4);
            List<Step> steps = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                steps.add(new Step(key(random), random.below(40)));
            }
            rig.log.appendAll(steps);
            events.addAll(steps);
            return "append " + steps;
        }

        /** Notes what the commits so far have made of the plain fold. */
        private void note(long until) {
            while (history.lastKey() < until) {
                Delivery.Item<Commit> item =
                        (Delivery.Item<Commit>) commits.next(SOON).orElseThrow();
                item.value().origins().stream()
                        .map(Folded.class::cast)
                        .forEach(origin -> foldUntil(origin.last()));
                history.putIfAbsent(item.value().revision().number(), Map.copyOf(model.states));
            }
        }

        private void foldUntil(long position) {
            while (folded < position) {
                model.fold(events.get((int) folded++));
            }
        }

        private void settle() {
            traces.atLeast(rig.log.head(), SOON);
            note(rig.timeline.published());
            foldUntil(events.size()); // the last ones may have changed nothing
        }

        /** Something that is seen at once, in one commit or in none. */
        private void change(Runnable work) {
            settle();
            work.run();
            history.put(rig.timeline.published(), Map.copyOf(model.states));
        }

        String pin() {
            if (pins.size() > 3) {
                pins.remove().close();
            }
            pins.add(rig.timeline.pin());
            return "pin";
        }

        String unpin() {
            if (!pins.isEmpty()) {
                pins.remove().close();
            }
            return "unpin";
        }

        String edit(Seeded random) {
            String key = key(random);
            Trace edited = new Trace(random.below(100), 1, List.of());
            change(() -> {
                traces.edit(key, edited);
                model.states.put(key, edited);
            });
            return "edit " + key;
        }

        String release(Seeded random) {
            settle();
            if (model.waiting.isEmpty()) {
                return "nothing to release";
            }
            String key = random.pick(List.copyOf(model.waiting.keySet()));
            boolean leaveOut = random.oneIn(2);
            change(() -> {
                lucky.set(true);
                if (leaveOut) {
                    traces.skip(key);
                } else {
                    traces.retry(key);
                }
                lucky.set(false);
                model.release(key, leaveOut);
            });
            return "release " + key;
        }

        String rebuild() {
            change(() -> {
                traces.rebuild().await(SOON);
                model = new Model();
                events.forEach(model::fold);
            });
            return "rebuild";
        }

        String restart() {
            settle();
            closeRig();
            open();
            return "restart";
        }

        private void closeRig() {
            pins.forEach(Pin::close);
            pins.clear();
            commits.close();
            rig.close();
        }

        String readMany(Seeded random) {
            for (int i = 0; i < 30; i++) {
                String key = key(random);
                if (random.oneIn(2)) {
                    traces.find(key);
                } else {
                    traces.states(key).head();
                }
            }
            return "read";
        }

        String lookEverywhere() {
            pins.forEach(pin -> everythingIsAsAt(pin.revision()));
            try (Pin pin = rig.timeline.pin()) {
                everythingIsAsAt(pin.revision());
            }
            return "look everywhere";
        }

        private void everythingIsAsAt(Revision revision) {
            Map<String, Trace> expected = expectedAt(revision);
            assertThat(
                            versioned.selectAt(Condition.all(), revision.number()).stream()
                                    .collect(
                                            Collectors.toMap(
                                                    Map.Entry::getKey, Map.Entry::getValue)))
                    .isEqualTo(expected);
        }

        private Map<String, Trace> expectedAt(Revision revision) {
            note(revision.number());
            return history.floorEntry(revision.number()).getValue();
        }

        /** Whoever is pinned sees what was, key by key. */
        void pinnedReadersSeeWhatWas() {
            for (Pin pin : pins) {
                Map<String, Trace> expected = expectedAt(pin.revision());
                for (int i = 0; i < KEYS; i += 1 + KEYS / 9) {
                    String key = "k" + (i + pins.size()) % KEYS;
                    assertThat(versioned.findAt(key, pin.revision().number()))
                            .as("%s at %s", key, pin.revision())
                            .isEqualTo(Optional.ofNullable(expected.get(key)));
                }
            }
        }

        @Override
        public void close() {
            settle();
            lookEverywhere();
            pins.forEach(Pin::close);
            pins.clear();
            rig.log.append(new Step("last", 1)); // after which what is too much may go
            traces.atLeast(rig.log.head(), SOON);
            assertThat(Beyond.keysInMemory(traces)).isLessThanOrEqualTo(IN_MEMORY + 1);
            closeRig();
        }
    }

    @Test
    void randomHistoriesEqualAPlainFoldAtEveryPinnedRevision() {
        Histories.of(Subject::new)
                .step(10, Subject::append)
                .step(4, (subject, _) -> subject.pin())
                .step(2, (subject, _) -> subject.unpin())
                .step(3, Subject::readMany)
                .step(3, (subject, _) -> subject.lookEverywhere())
                .step(2, Subject::edit)
                .step(2, Subject::release)
                .step(1, (subject, _) -> subject.rebuild())
                .step(1, (subject, _) -> subject.restart())
                .check(Subject::pinnedReadersSeeWhatWas)
                .run(12, 80);
    }

    @Test
    void theBoundIsAtLeastOneKey() {
        assertThatThrownBy(() -> Rig.TRACES.keysInMemory(0))
                .isInstanceOf(dev.orrery.core.OrreryException.BadDefinition.class);
        assertThat(Rig.TRACES.keysInMemory()).isEqualTo(262_144);
        assertThat(Rig.TRACES.keysInMemory(5).named("other").version(2).keysInMemory())
                .isEqualTo(5);
    }
}
