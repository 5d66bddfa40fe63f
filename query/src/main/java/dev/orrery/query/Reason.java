package dev.orrery.query;

import org.jspecify.annotations.Nullable;

/** Why a node's last flight ran its body, or did not have to. Immutable. */
record Reason(Explanation.Verdict verdict, long revision, @Nullable Cell because, long becauseAt) {
    static Reason ran(Flight flight) {
        Explanation.Verdict verdict =
                flight.baseline != null
                        ? Explanation.Verdict.CHANGED
                        : flight.prior != null
                                ? Explanation.Verdict.RETRIED
                                : Explanation.Verdict.FIRST;
        return new Reason(verdict, flight.revision, flight.because, flight.becauseAt);
    }

    static Reason spared(Flight flight) {
        return new Reason(Explanation.Verdict.SPARED, flight.revision, null, 0);
    }
}
