package dev.orrery.examples.wordnet;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** The files of Debian's package {@code wordnet-base}, a meaning in each line. Immutable. */
final class WordNetFiles {
    /** Where the package puts them. */
    static final Path DEBIAN = Path.of("/usr/share/wordnet");

    private static final List<String> NAMES =
            List.of("data.noun", "data.verb", "data.adj", "data.adv");
    private static final String OF_LICENSE = "  ";

    private final Path directory;

    WordNetFiles(Path directory) {
        this.directory = directory;
    }

    /** Whether they are there. */
    boolean areThere() {
        return NAMES.stream().allMatch(name -> Files.isReadable(directory.resolve(name)));
    }

    /** Gives each meaning, in the order of files. */
    void forEach(Consumer<Meaning> use) throws IOException {
        if (!areThere()) {
            throw new NoSuchFileException(
                    "WordNet is not in "
                            + directory
                            + "; on Debian: apt-get install wordnet-base, else --wordnet DIR");
        }
        for (String name : NAMES) {
            try (BufferedReader lines =
                    Files.newBufferedReader(directory.resolve(name), StandardCharsets.ISO_8859_1)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (!line.startsWith(OF_LICENSE)) {
                        use.accept(Meaning.parse(line));
                    }
                }
            }
        }
    }
}
