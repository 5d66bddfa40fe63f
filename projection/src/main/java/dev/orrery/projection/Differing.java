package dev.orrery.projection;

import java.util.Optional;

/** The states of one key in two epochs, which are not equal. Immutable. */
record Differing<S>(Optional<S> before, Optional<S> after) {}
