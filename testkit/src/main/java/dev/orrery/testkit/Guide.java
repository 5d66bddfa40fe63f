package dev.orrery.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * A page whose Java examples are compiled and run by a test: what the page shows stands in the
 * source of the test, between the lines {@code // guide} and {@code // end}, in the same order.
 *
 * <p>Immutable.
 *
 * @param page the page, in Markdown
 * @param sources the directory of the test's package root
 */
public record Guide(Path page, Path sources) {
    private static final Pattern ON_PAGE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern IN_TEST =
            Pattern.compile("\n *// guide\n(.*?)\n *// end\n", Pattern.DOTALL);

    /** A page of {@code docs/guide}, for the tests of a module beside it. */
    public static Guide named(String name) {
        return new Guide(Path.of("../docs/guide", name), Path.of("src/test/java"));
    }

    /** Expects that the page shows what this test compiles, no more, no less. */
    public void expectCompiledIn(Class<?> test) {
        var source = text(sources.resolve(test.getName().replace('.', '/') + ".java"));
        var shown =
                ON_PAGE.matcher(text(page)).results().map(block -> block.group(1).strip()).toList();
        var compiled =
                IN_TEST.matcher(source)
                        .results()
                        .map(region -> region.group(1).stripTrailing().stripIndent())
                        .toList();
        assertThat(compiled).as("examples in %s", test.getSimpleName()).isNotEmpty();
        assertThat(shown).as("examples on %s", page).containsExactlyElementsOf(compiled);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
