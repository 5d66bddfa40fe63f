package dev.orrery.query;

import org.jspecify.annotations.Nullable;

/** Why a node's last flight ran its body, or did not have to. Immutable. */
record Reason(Explanation.Verdict verdict, long revision, @Nullable Cell because, long becauseAt) {}
