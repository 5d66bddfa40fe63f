package dev.orrery.examples.flights;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Where programs of this user keep what they remember, by the habit of each system. */
final class StateDirectory {
    private StateDirectory() {}

    static Path of(String program, Map<String, String> environment, String system, Path home) {
        if (system.toLowerCase(Locale.ROOT).contains("windows")) {
            return under(environment.get("LOCALAPPDATA"), home.resolve("AppData").resolve("Local"))
                    .resolve(program);
        }
        if (system.toLowerCase(Locale.ROOT).contains("mac")) {
            return home.resolve("Library").resolve("Application Support").resolve(program);
        }
        return under(environment.get("XDG_STATE_HOME"), home.resolve(".local").resolve("state"))
                .resolve(program);
    }

    private static Path under(@org.jspecify.annotations.Nullable String named, Path otherwise) {
        return Optional.ofNullable(named)
                .filter(name -> !name.isBlank())
                .map(Path::of)
                .orElse(otherwise);
    }
}
