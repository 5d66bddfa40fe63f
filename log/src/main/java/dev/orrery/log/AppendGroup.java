package dev.orrery.log;

import dev.orrery.log.AppendRequest.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one transaction, admitted one after the other: what each adds, and its answer.
 * Confined to the transaction's thread.
 */
final class AppendGroup {
    private final String epoch;
    private final EventTable.Rows rows;
    private final long before;
    private final List<Appends.Row> fresh = new ArrayList<>();
    private final Map<String, Long> knownIds;
    private final Map<String, Long> streamEnds = new HashMap<>();
    private final Map<AppendRequest, Outcome> answers = new HashMap<>();
    private long end;

    /** Admits requests to the log as it stands inside a transaction. */
    AppendGroup(String epoch, EventTable.Rows rows, List<AppendRequest> requests) {
        this.epoch = epoch;
        this.rows = rows;
        this.before = rows.end();
        this.end = before;
        this.knownIds = rows.find(ids(requests));
        requests.forEach(request -> answers.put(request, admit(request)));
    }

    private static Set<String> ids(List<AppendRequest> requests) {
        Set<String> ids = new LinkedHashSet<>();
        for (AppendRequest request : requests) {
            for (Appends.Encoded event : request.events()) {
                if (event.id() != null) {
                    ids.add(event.id());
                }
            }
        }
        return ids;
    }

    /** What is to be written, in order. */
    List<Appends.Row> fresh() {
        return fresh;
    }

    /** The number of the first event that is to be written, if any is. */
    long firstFresh() {
        return before + 1;
    }

    /** The end of the log after this group. */
    long end() {
        return end;
    }

    Outcome answer(AppendRequest request) {
        return Objects.requireNonNull(answers.get(request));
    }

    private Outcome admit(AppendRequest request) {
        if (!holds(request) && !isRepetition(request)) {
            return new Outcome.Refused(new Position(epoch, endOf(request.stream())));
        }
        long last = endOf(request.stream());
        for (Appends.Encoded event : request.events()) {
            Long number = known(event.id()); // law L3
            last = number == null ? add(request.stream(), event) : number;
        }
        return new Outcome.Appended(new Position(epoch, last));
    }

    private boolean isRepetition(AppendRequest request) {
        return !request.events().isEmpty()
                && request.events().stream().allMatch(event -> known(event.id()) != null);
    }

    private boolean holds(AppendRequest request) { // law L4
        return switch (request.expected()) {
            case Expected.Any _ -> true;
            case Expected.Empty _ -> endOf(request.stream()) == 0;
            case Expected.At(Position position) ->
                    position.log().equals(epoch) && position.number() == endOf(request.stream());
        };
    }

    private @Nullable Long known(@Nullable String id) {
        return id == null ? null : knownIds.get(id);
    }

    private long endOf(@Nullable String stream) {
        return stream == null ? end : streamEnds.computeIfAbsent(stream, rows::end);
    }

    private long add(@Nullable String stream, Appends.Encoded event) {
        end++;
        fresh.add(new Appends.Row(end, stream, event));
        if (stream != null) {
            streamEnds.put(stream, end);
        }
        if (event.id() != null) {
            knownIds.put(event.id(), end);
        }
        return end;
    }
}
