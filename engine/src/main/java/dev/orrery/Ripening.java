package dev.orrery;

import dev.orrery.query.Answers;
import dev.orrery.query.QueryEvent;
import dev.orrery.table.Asked;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Commits that are answered, with all that was handed over of them, while what comes a moment later
 * is awaited: that what they published is sent, and that what they wrote is accepted. Confined to
 * one thread.
 */
final class Ripening {
    final Answers.Answer answer;
    final List<Step> steps;
    final List<QueryEvent.Computed> runs;
    final long nanos;

    /** What was published and nobody has sent yet. */
    private final List<Publication> unsent = new ArrayList<>();

    /** Channels of results that came out different, whose new value is not published yet. */
    private final Set<String> unpublished = new HashSet<>();

    /** What was sent of nothing that is known; a session may be faster than who publishes. */
    private final List<SentEntry> early = new ArrayList<>();

    private final List<Asked> writes = new ArrayList<>();
    private long patches;
    private long bytes;
    private long socketNanos = -1;

    /**
     * Commits that were answered now.
     *
     * @param changedChannels the channels of results that came out different
     * @param isFollowed whether somebody outside follows a channel
     */
    Ripening(
            Answers.Answer answer,
            List<Step> steps,
            List<QueryEvent.Computed> runs,
            List<String> changedChannels,
            Predicate<String> isFollowed,
            long nanos) {
        this.answer = answer;
        this.steps = steps;
        this.runs = runs;
        this.nanos = nanos;
        for (Step step : steps) {
            patches += step.views().patches();
            step.views().publications().stream()
                    .filter(publication -> isFollowed.test(publication.channel()))
                    .forEach(unsent::add);
            step.commit()
                    .origins()
                    .forEach(origin -> {
                        if (origin instanceof Asked write) {
                            writes.add(write);
                        }
                    });
        }
        changedChannels.stream().filter(isFollowed).forEach(unpublished::add);
    }

    /** A value was published that was computed after these commits. */
    void published(Publication publication) {
        patches += publication.patches();
        if (!unpublished.remove(publication.channel())) {
            return;
        }
        unsent.add(publication);
        for (SentEntry entry : List.copyOf(early)) {
            if (match(entry)) {
                early.remove(entry);
            }
        }
    }

    /** A session was the first to send an entry. */
    void sent(SentEntry entry) {
        if (!match(entry) && !unpublished.isEmpty()) {
            early.add(entry);
        }
    }

    private boolean match(SentEntry entry) {
        List<Publication> sent =
                unsent.stream().filter(publication -> publication.isIn(entry)).toList();
        for (Publication publication : sent) {
            socketNanos = Math.max(socketNanos, entry.nanos() - publication.nanos());
        }
        bytes += sent.isEmpty() ? 0 : entry.bytes();
        return unsent.removeAll(sent);
    }

    /** Whether nothing more is awaited. */
    boolean isRipe() {
        return unsent.isEmpty() && unpublished.isEmpty() && areWritesAccepted();
    }

    boolean areWritesAccepted() {
        return writes.stream().allMatch(write -> write.confirmedNanos().isPresent());
    }

    List<Asked> writes() {
        return writes;
    }

    long patches() {
        return patches;
    }

    long bytes() {
        return bytes;
    }

    /** The longest way from publishing an entry to a socket; negative when none was sent. */
    long socketNanos() {
        return socketNanos;
    }
}
