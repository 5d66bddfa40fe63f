package dev.orrery.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Commits and what they make visible. Laws C1 to C3, C10 to C14. */
class TimelineTest {
    private final Timeline timeline = Timeline.startingAt("test", new Revision(7));
    private final TimelineNumbers numbers = new TimelineNumbers(timeline);

    @Test
    void aTimelineContinuesAfterAStoredRevision() {
        assertThat(timeline.now()).isEqualTo(new Revision(7));
        numbers.set("a", 1);
        assertThat(timeline.now()).isEqualTo(new Revision(8));
    }

    @Test
    void aCommitMakesAllItsWritesOneRevision() {
        Revision made =
                timeline.commit(() -> {
                    numbers.set("a", 1);
                    numbers.set("b", 2);
                    numbers.set("a", 3);
                });
        assertThat(made).isEqualTo(new Revision(8));
        assertThat(timeline.now()).isEqualTo(made);
        assertThat(numbers.find("a")).contains(3);
        assertThat(numbers.find("b")).contains(2);
    }

    @Test
    void aCommitWithoutEffectMakesNoRevision() {
        numbers.set("a", 1);
        Revision before = timeline.now();
        numbers.set("a", 1);
        numbers.remove("never there");
        timeline.commit(() -> {});
        timeline.commit(() -> {
            numbers.set("a", 2);
            numbers.set("a", 1);
        });
        assertThat(timeline.now()).isEqualTo(before);
    }

    @Test
    void aWriteWithoutEffectIsNoChangeOfItsCommit() {
        numbers.set("a", 1);
        try (Subscription<Delivery<Commit>> commits = timeline.commits().subscribe()) {
            timeline.commit(() -> {
                numbers.set("a", 1);
                numbers.set("b", 2);
            });
            Delivery<Commit> delivery = commits.next();
            assertThat(delivery).isInstanceOf(Delivery.Item.class);
            Commit commit = ((Delivery.Item<Commit>) delivery).value();
            assertThat(commit.changesOf(numbers).orElseThrow())
                    .containsExactly(new Change.Inserted<>("b", 2));
        }
    }

    @Test
    void readsInACommitSeeItsOwnWrites() {
        numbers.set("a", 1);
        timeline.commit(() -> {
            numbers.set("a", 2);
            numbers.set("b", 3);
            assertThat(numbers.find("a")).contains(2);
            assertThat(numbers.list()).containsExactly(2, 3);
            numbers.remove("a");
            assertThat(numbers.find("a")).isEmpty();
            assertThat(numbers.keys()).containsExactly("b");
        });
    }

    @Test
    void whatTheWorkThrowsIsThrownOnAndNothingIsCommitted() { // law C12
        assertThatThrownBy(() ->
                        timeline.commit(() -> {
                            numbers.set("a", 1);
                            throw new java.io.IOException("no");
                        }))
                .isInstanceOf(java.io.IOException.class);
        assertThat(timeline.now()).isEqualTo(new Revision(7));
        assertThat(numbers.find("a")).isEmpty();
    }

    @Test
    void whatPersistingThrowsCancelsTheCommit() {
        assertThatThrownBy(() ->
                        timeline.transact(
                                "test",
                                transaction -> {
                                    transaction.put(numbers, "a", 1);
                                    transaction.persist(
                                            "store",
                                            () -> {
                                                throw new IllegalStateException("full");
                                            });
                                }))
                .hasMessage("full");
        assertThat(timeline.now()).isEqualTo(new Revision(7));
    }

    @Test
    void whatPersistingWritesIsPartOfTheCommit() {
        timeline.transact(
                "test",
                transaction -> {
                    transaction.put(numbers, "a", 1);
                    transaction.persist(
                            "store",
                            () -> {
                                transaction.put(numbers, "a", 2);
                                transaction.put(numbers, "b", 3);
                            });
                });
        assertThat(numbers.find("a")).contains(2);
        assertThat(numbers.find("b")).contains(3);
        assertThat(timeline.now()).isEqualTo(new Revision(8));
    }

    @Test
    void aCommitFollowsWhatOthersCommittedWhileItPersisted() {
        numbers.set("a", 1);
        try (Subscription<Delivery<Commit>> commits = timeline.commits().subscribe()) {
            timeline.transact(
                    "test",
                    transaction -> {
                        transaction.put(numbers, "a", 1);
                        transaction.put(numbers, "b", 1);
                        transaction.persist("store", () -> numbers.set("a", 5));
                    });
            commits.next();
            assertThat(commits.next())
                    .isInstanceOfSatisfying(
                            Delivery.Item.class,
                            item ->
                                    assertThat(((Commit) item.value()).changesOf(numbers))
                                            .hasValueSatisfying(changes ->
                                                    assertThat(changes.of("a"))
                                                            .contains(
                                                                    new Change.Updated<>(
                                                                            "a", 5, 1))));
        }
        assertThat(numbers.find("a")).contains(1);
    }

    @Test
    void aCommitOverTwoDurableStoresIsRefused() { // law C13
        assertThatThrownBy(() ->
                        timeline.transact(
                                "test",
                                transaction -> {
                                    transaction.persist("one", () -> {});
                                    transaction.persist("other", () -> {});
                                }))
                .isInstanceOf(OrreryException.Unsupported.class);
    }

    @Test
    void aSourceOfAnotherTimelineIsRefused() {
        TimelineNumbers foreign =
                new TimelineNumbers(Timeline.startingAt("other", new Revision(0)));
        assertThatThrownBy(() -> timeline.transact("test", tx -> tx.put(foreign, "a", 1)))
                .isInstanceOf(OrreryException.Unsupported.class);
    }

    @Test
    void hooksAreCalledInTheOrderOfACommit() {
        List<String> calls = new ArrayList<>();
        timeline.attach(
                        new CommitHook() {
                            @Override
                            public void derive(Commit commit, Derivation derivation) {
                                calls.add("derive, newest " + timeline.now());
                                assertThat(numbers.find("a")).isEmpty();
                                assertThat(numbers.changedAt("a")).isEqualTo(8);
                            }

                            @Override
                            public void mark(Commit commit) {
                                calls.add("mark, newest " + timeline.now());
                            }

                            @Override
                            public void published(Commit commit) {
                                calls.add("published, newest " + timeline.now());
                                assertThat(numbers.find("a")).contains(1);
                            }

                            @Override
                            public void finished(Commit commit) {
                                calls.add("finished");
                            }
                        })
                .close();
        timeline.attach(
                        new CommitHook() {
                            @Override
                            public void published(Commit commit) {
                                calls.add("published to another");
                            }
                        })
                .close();
        numbers.set("a", 1);
        assertThat(calls)
                .containsExactly(
                        "derive, newest r7",
                        "mark, newest r7",
                        "published, newest r8",
                        "published to another",
                        "finished");
    }

    @Test
    void aCommitTellsWhatItsAuthorsSayItIsMadeOf() { // law C17
        record Fact(int number) implements Commit.Origin {}
        List<Commit> commits = new ArrayList<>();
        timeline.attach(
                        new CommitHook() {
                            @Override
                            public void published(Commit commit) {
                                commits.add(commit);
                            }
                        })
                .close();
        timeline.commit(() -> {
            timeline.transact("one", tx -> tx.origin(new Fact(1)));
            timeline.transact("two", tx -> tx.origin(new Fact(2)));
            numbers.set("a", 1);
        });
        numbers.set("a", 2);
        assertThat(commits.getFirst().origins()).containsExactly(new Fact(1), new Fact(2));
        assertThat(commits.getLast().origins()).isEmpty();
    }

    @Test
    void aDerivedSourceCommitsWithWhatItIsDerivedFrom() {
        TimelineNumbers doubled = new TimelineNumbers(timeline);
        List<Integer> marked = new ArrayList<>();
        timeline.attach(
                        new CommitHook() {
                            @Override
                            public void derive(Commit commit, Derivation derivation) {
                                commit.changesOf(numbers)
                                        .ifPresent(set ->
                                                set.forEach(change ->
                                                        derivation.put(
                                                                doubled,
                                                                change.key(),
                                                                2 * change.after().orElse(0))));
                            }

                            @Override
                            public void mark(Commit commit) {
                                marked.add(commit.changes().size());
                            }
                        })
                .close();
        Revision made = timeline.commit(() -> numbers.set("a", 4));
        assertThat(made).isEqualTo(new Revision(8));
        assertThat(doubled.find("a")).contains(8);
        assertThat(doubled.changedAt("a")).isEqualTo(8);
        assertThat(marked).containsExactly(2);
    }

    @Test
    void aHookThatThrowsCostsOnlyItsOwnWork() {
        AtomicInteger told = new AtomicInteger();
        timeline.attach(
                        new CommitHook() {
                            @Override
                            public void mark(Commit commit) {
                                throw new IllegalStateException("meant to be logged");
                            }
                        })
                .close();
        timeline.attach(
                        new CommitHook() {
                            @Override
                            public void mark(Commit commit) {
                                told.incrementAndGet();
                            }
                        })
                .close();
        numbers.set("a", 1);
        assertThat(told).hasValue(1);
        assertThat(numbers.find("a")).contains(1);
    }

    @Test
    void aDetachedHookIsNotCalledAnyMore() {
        AtomicInteger told = new AtomicInteger();
        CommitHook hook =
                new CommitHook() {
                    @Override
                    public void published(Commit commit) {
                        told.incrementAndGet();
                    }
                };
        try (Pin last = timeline.attach(hook)) {
            assertThat(last.revision()).isEqualTo(timeline.now());
        }
        numbers.set("a", 1);
        timeline.detach(hook);
        numbers.set("a", 2);
        assertThat(told).hasValue(1);
    }

    @Test
    void restoringIsLearningAndMakesNoRevision() {
        TimelineNumbers restored = new TimelineNumbers(timeline, Map.of("a", 1));
        assertThat(timeline.now()).isEqualTo(new Revision(7));
        assertThat(restored.find("a")).contains(1);
        assertThat(restored.changedAt("a")).isZero();
        assertThat(restored.findAt("a", 3)).contains(1);
    }

    @Test
    void aWriteInsideAFrameIsRefused() {
        Tracking.Frame frame =
                new Tracking.Frame() {
                    @Override
                    public long revision() {
                        return 7;
                    }

                    @Override
                    public <K, V> Optional<V> find(Versioned<K, V> source, K key) {
                        return source.findAt(key, 7);
                    }

                    @Override
                    public <K, V> List<Map.Entry<K, V>> select(
                            Versioned<K, V> source, Condition condition) {
                        return source.selectAt(condition, 7);
                    }
                };
        assertThatThrownBy(() ->
                        Tracking.<Void, RuntimeException>within(
                                frame,
                                () -> {
                                    numbers.set("a", 1);
                                    return null;
                                }))
                .isInstanceOf(OrreryException.Unsupported.class);
    }

    @Test
    void aWatchedKeyShowsItsLatestValue() {
        try (Subscription<Optional<Integer>> watch = numbers.watch("a")) {
            assertThat(watch.next()).isEmpty();
            numbers.set("b", 1);
            assertThat(watch.next(Duration.ZERO)).isEmpty();
            numbers.set("a", 1);
            numbers.set("a", 2);
            assertThat(watch.next()).contains(2);
            numbers.remove("a");
            assertThat(watch.next()).isEmpty();
        }
    }
}
